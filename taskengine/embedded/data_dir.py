"""The folder that the embedded run keeps everything in: one lock, and secrets made once."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from taskengine.embedded.errors import EmbeddedError


class DataDir:
    """A folder of the run's own, made when it is missing; one that stands keeps its mode.

    Others may pass through it at most: as root, PostgreSQL runs under another user and has to
    reach its own folder inside. What is secret is in files that only we can read.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, exist_ok=True)
        except OSError as error:
            raise EmbeddedError(f"Cannot use {self.path} as the data folder: {error.strerror}.") from error

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder for this process; the system lets go of it even after a kill -9.

        Raises:
            EmbeddedError: Another process holds it.
        """
        with (self.path / "lock").open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                holder = file.read().strip() or "unknown"
                raise EmbeddedError(
                    f"taskengine already runs in {self.path} (process {holder}). Stop it first, or give"
                    " this one a folder and a port of its own: make run DATA_DIR=var2 PORT=8001"
                ) from None
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield

    def secret(self, name: str) -> str:
        """Return the secret kept under `name`, made at the first call.

        The file appears whole or not at all, so that a crash leaves no half of a secret.
        """
        path = self.path / name
        if not path.is_file() or not path.read_text().strip():
            fresh = self.path / f"{name}.new"
            fresh.unlink(missing_ok=True)
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(48) + "\n")
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(path)
        return path.read_text().strip()
