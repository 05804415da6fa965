"""`manage.py asyncapi`: print the AsyncAPI document, or write it to a file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from taskengine.api import asyncapi


class Command(BaseCommand):
    """Writes the document."""

    help = "Print the AsyncAPI document of the stream."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add `--file`."""
        parser.add_argument("--file", type=Path, help="write it there instead")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it."""
        if options["file"] is None:
            self.stdout.write(asyncapi.text(), ending="")
        else:
            options["file"].write_text(asyncapi.text())
