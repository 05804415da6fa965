"""`manage.py backup FILE`: the whole database as one file."""

import os
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from taskengine.backups.archive import Manifest
from taskengine.backups.making import back_up


class Command(BaseCommand):
    """Writes everything, as it is at one instant, to a file; nobody has to stop working."""

    help = "Write the whole database, as it is at one instant, to a file (`-`: to the standard output)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the file."""
        parser.add_argument("file")

    def handle(self, *args: Any, file: str, **options: Any) -> None:
        """Do it.

        Raises:
            CommandError: The file can't be written.
        """
        manifest = back_up(sys.stdout.buffer) if file == "-" else _into(Path(file))
        self.stderr.write(f"Saved {manifest.rows} rows of {len(manifest.tables)} tables, {manifest.made_at}.")


def _into(path: Path) -> Manifest:
    """Write to a file that appears whole or not at all, and that only its owner can read."""
    fresh = path.with_name(f"{path.name}.part")
    try:
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            manifest = back_up(file)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise CommandError(f"{path} can't be written: {error.strerror}.") from error
    finally:
        fresh.unlink(missing_ok=True)
    return manifest
