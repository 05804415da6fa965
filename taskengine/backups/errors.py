"""What can be wrong with a backup, or with where it is to go."""


class BackupError(Exception):
    """The root of these errors; each says in words what can be done."""

    code = "backup"


class NotABackup(BackupError):
    """This is no backup of taskengine, or not the whole of one."""

    code = "not_a_backup"


class NewerBackup(BackupError):
    """The backup was made by a newer version, whose tables this one does not know."""

    code = "newer_backup"


class NewerDatabase(BackupError):
    """The database has migrations that the backup does not know: what was saved would not fit."""

    code = "newer_database"


class InUse(BackupError):
    """There are people in this database."""

    code = "in_use"
