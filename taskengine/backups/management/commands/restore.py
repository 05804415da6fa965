"""`manage.py restore FILE`: what `manage.py backup` saved, back."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from taskengine.backups.archive import Reader
from taskengine.backups.errors import BackupError
from taskengine.backups.restoring import restore


class Command(BaseCommand):
    """Restores a backup into an empty database, or in the place of all that is in it."""

    help = "Restore what `backup` saved (`-`: from the standard input), and migrate it to this version."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file, and whether people may be overwritten."""
        parser.add_argument("file")
        parser.add_argument(
            "--replace",
            action="store_true",
            help="though there are people in the database: they will be gone",
        )

    def handle(self, *args: Any, file: str, replace: bool, **options: Any) -> None:
        """Do it.

        Raises:
            CommandError: The file can't be read, or does not go into this database.
        """
        try:
            with _opened(file) as source:
                manifest = restore(Reader(source), replace=replace)
        except BackupError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"{file} can't be read: {error.strerror}.") from error
        self.stderr.write(
            f"Restored {manifest.rows} rows, as they were at {manifest.made_at}. Everybody has to log in again."
        )


@contextmanager
def _opened(file: str) -> Iterator[IO[bytes]]:
    """Open the file; what comes by the standard input is laid down first, since it is read twice."""
    if file == "-":
        with tempfile.TemporaryFile() as laid_down:
            shutil.copyfileobj(sys.stdin.buffer, laid_down)
            yield laid_down
        return
    with Path(file).open("rb") as opened:
        yield opened
