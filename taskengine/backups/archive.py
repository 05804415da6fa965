"""The file: a ZIP with a manifest, and each table as PostgreSQL's COPY writes it, in text.

The directory of a ZIP stands at its end, so a file that is cut off is none; each part has a checksum.
"""

import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import IO, Any, Final, Self

from taskengine.backups.errors import NewerBackup, NotABackup

FORMAT: Final = 1
_MANIFEST: Final = "manifest.json"
_LEVEL: Final = 3  # of compression: the first few cost little
_BLOCK_BYTES: Final = 256 * 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """One table of a backup.

    Attributes:
        name: Its name.
        columns: Those that were saved, in the order of the copy. What PostgreSQL computes is not.
        rows: How many rows it had.
    """

    name: str
    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Manifest:
    """What a backup says of itself.

    Attributes:
        version: The taskengine that made it.
        made_at: The instant of which it is, by the database's clock (RFC 3339).
        postgresql: The version of the server.
        migrations: Every migration that the database had, as `(app, name)`.
        streams: How many streams it has. Each gets a new epoch when it is restored.
        sequences: The last number that each sequence gave out.
        tables: What follows.
    """

    version: str
    made_at: str
    postgresql: str
    migrations: tuple[tuple[str, str], ...]
    streams: int
    sequences: Mapping[str, int]
    tables: tuple[Table, ...]

    @property
    def rows(self) -> int:
        """How many rows there are in all."""
        return sum(table.rows for table in self.tables)

    def encoded(self) -> bytes:
        """Return it as JSON."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=1).encode()

    @classmethod
    def decoded(cls, text: bytes) -> Self:
        """Read what `encoded` wrote.

        Raises:
            NotABackup: It is something else.
            NewerBackup: It is of a format that is not known yet.
        """
        try:
            given = json.loads(text)
            format_ = given.pop("format")
        except (ValueError, KeyError, AttributeError) as error:
            raise NotABackup("The manifest can't be read.") from error
        if format_ != FORMAT:
            raise NewerBackup(f"The backup has the format {format_}; this version reads {FORMAT}.")
        try:
            return cls(**{**given, **_typed(given)})
        except (TypeError, KeyError, ValueError) as error:
            raise NotABackup("The manifest is not whole.") from error


def _typed(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "migrations": tuple((app, name) for app, name in given["migrations"]),
        "tables": tuple(
            Table(name=each["name"], columns=tuple(each["columns"]), rows=each["rows"])
            for each in given["tables"]
        ),
    }


class Writer:
    """Writes a backup, table after table, to a file that need not be one that can be sought in."""

    def __init__(self, file: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL)

    @contextmanager
    def table(self, name: str) -> Iterator[IO[bytes]]:
        """Open a table's part."""
        with self._zip.open(_part(name), "w", force_zip64=True) as part:
            yield part

    def finish(self, manifest: Manifest) -> None:
        """Write the manifest and the end. Without it, it is no backup."""
        self._zip.writestr(_MANIFEST, manifest.encoded())
        self._zip.close()


class Reader:
    """Reads a backup.

    Args:
        file: One that can be sought in.

    Raises:
        NotABackup: It is none, or it was cut off.
        NewerBackup: It is of a format that is not known yet.
    """

    def __init__(self, file: IO[bytes]) -> None:
        try:
            self._zip = zipfile.ZipFile(file)
            self.manifest = Manifest.decoded(self._zip.read(_MANIFEST))
        except (zipfile.BadZipFile, KeyError, OSError, EOFError) as error:
            raise NotABackup("This is no backup of taskengine, or it was cut off.") from error

    def check(self) -> None:
        """Read all of it, and compare the checksums.

        Raises:
            NotABackup: A part is missing or was changed.
        """
        missing = {_part(table.name) for table in self.manifest.tables} - set(self._zip.namelist())
        try:
            damaged = next(iter(sorted(missing)), None) or self._zip.testzip()
        except Exception as error:  # whatever inflating rubbish raises
            raise NotABackup("The backup is damaged.") from error
        if damaged is not None:
            raise NotABackup(f"The backup is damaged: {damaged}.")

    def blocks(self, table: Table) -> Iterator[bytes]:
        """Return a table's copy, piece by piece."""
        with self._zip.open(_part(table.name)) as part:
            while block := part.read(_BLOCK_BYTES):
                yield block


def _part(table: str) -> str:
    return f"tables/{table}.copy"
