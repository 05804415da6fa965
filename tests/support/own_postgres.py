"""A PostgreSQL of a test's own, which it may crash."""

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from taskengine.embedded.data_dir import DataDir
from taskengine.embedded.postgres import Postgres
from tests.support.environment import server_environment
from tests.support.servers import ROOT


@contextmanager
def own_postgres() -> Iterator[Postgres]:
    """Run one, fsync on, with a migrated database in it at `url()`."""
    with tempfile.TemporaryDirectory(prefix="taskengine-own-", ignore_cleanup_errors=True) as folder:
        server = Postgres(DataDir(Path(folder)))
        server.start()
        try:
            subprocess.run(
                [sys.executable, ROOT / "manage.py", "migrate", "--no-input", "--verbosity", "0"],
                env=server_environment(database_url=server.url()),
                check=True,
            )
            yield server
        finally:
            server.stop()


def crash(server: Postgres) -> None:
    """End it as a crash does: at once, so that its next start has to recover."""
    os.kill(server.pid, signal.SIGQUIT)
    server.stop()
