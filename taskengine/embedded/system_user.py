"""Who the private PostgreSQL runs as. It refuses root, and root is who CI and containers often are."""

import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path

from taskengine.embedded.errors import EmbeddedError

# The same name as the wheel's own starter uses, so that its folders stay usable.
USER_NAME = "pgserver"


@dataclass(frozen=True, kw_only=True)
class SystemUser:
    """A user of this machine, by number."""

    uid: int
    gid: int

    def own(self, path: Path) -> None:
        """Make this user the owner of `path`."""
        os.chown(path, self.uid, self.gid)

    def let_through(self, path: Path) -> None:
        """Let others pass (not look) through the folders above `path`, where they cannot yet."""
        for folder in path.parents:
            mode = folder.stat().st_mode
            if not mode & stat.S_IXOTH:
                folder.chmod(stat.S_IMODE(mode) | stat.S_IXOTH)

    def let_read(self, folder: Path) -> None:
        """Let others read what is in `folder`, where a strict umask kept them out when it was installed."""
        if folder.stat().st_mode & stat.S_IROTH:
            return
        for path in (folder, *folder.rglob("*")):
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def unprivileged_user(pgdata: Path) -> SystemUser | None:
    """Return whom to run the server as, or None when we are no root and it runs as ourselves.

    As root that is whoever owns the data already, so that a `sudo make run` finds its database.

    Raises:
        EmbeddedError: We are root and the user can be neither found nor made.
    """
    if os.geteuid() != 0:
        return None
    if pgdata.is_dir() and (owner := pgdata.stat()).st_uid != 0:
        return SystemUser(uid=owner.st_uid, gid=owner.st_gid)
    try:
        entry = pwd.getpwnam(USER_NAME)
    except KeyError:
        entry = _make_user()
    return SystemUser(uid=entry.pw_uid, gid=entry.pw_gid)


def _make_user() -> pwd.struct_passwd:
    command = shutil.which("useradd")
    if command is None:
        raise EmbeddedError(
            f"PostgreSQL refuses to run as root. Make a user {USER_NAME} for it, or run as another user."
        )
    made = subprocess.run(  # noqa: S603 (fixed arguments)
        [command, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", USER_NAME],
        capture_output=True,
        text=True,
        check=False,
    )
    try:
        return pwd.getpwnam(USER_NAME)
    except KeyError:
        raise EmbeddedError(
            f"PostgreSQL refuses to run as root and the user {USER_NAME} could not be made: {made.stderr}"
        ) from None
