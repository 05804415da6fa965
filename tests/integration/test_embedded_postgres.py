"""The embedded run's PostgreSQL: what it survives, and whom it lets in."""

import os
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from taskengine.embedded.data_dir import DataDir
from taskengine.embedded.errors import EmbeddedError
from taskengine.embedded.postgres import MAX_SOCKET_DIR_BYTES, Postgres
from tests.support.servers import ROOT


@pytest.fixture
def folder() -> Iterator[Path]:
    """A short path of the test's own, so that each test says itself when its path is long."""
    path = Path(tempfile.mkdtemp(prefix="te-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture(scope="module")
def made() -> Iterator[Path]:
    """A folder where a server has run once; copied, since making one takes most of a second."""
    path = Path(tempfile.mkdtemp(prefix="te-"))
    server = Postgres(DataDir(path))
    server.start()
    server.stop()
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def postgres(made: Path, folder: Path) -> Iterator[Postgres]:
    subprocess.run(["cp", "-a", f"{made}/.", folder], check=True)
    server = Postgres(DataDir(folder))
    server.start()
    yield server
    server.stop()


def keep(server: Postgres, value: str) -> None:
    with psycopg.connect(server.url()) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept (value text)")
        connection.execute("INSERT INTO kept VALUES (%s)", [value])


def kept(server: Postgres) -> list[str]:
    with psycopg.connect(server.url()) as connection:
        return [value for (value,) in connection.execute("SELECT value FROM kept ORDER BY value")]


def starts(folder: Path) -> list[str]:
    """Start a server on the folder once more, and return what it has kept."""
    server = Postgres(DataDir(folder))
    try:
        server.start()
        return kept(server)
    finally:
        server.stop()


def test_nobody_gets_in_without_the_password(postgres: Postgres) -> None:
    without = psycopg.conninfo.make_conninfo(postgres.url(), password="")
    wrong = psycopg.conninfo.make_conninfo(postgres.url(), password="wrong")
    with pytest.raises(psycopg.OperationalError, match="no password supplied"):
        psycopg.connect(without)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)


def test_its_secrets_and_its_socket_are_for_its_own_user_only(folder: Path, postgres: Postgres) -> None:
    assert stat.S_IMODE((folder / "postgres_password").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "postgres").stat().st_mode) == 0o700


def test_it_listens_on_no_network_and_keeps_fsync_on(postgres: Postgres) -> None:
    with psycopg.connect(postgres.url()) as connection:
        settings = connection.execute(
            "SELECT current_setting('listen_addresses'), current_setting('fsync'),"
            " current_setting('full_page_writes'), current_setting('synchronous_commit')"
        ).fetchone()
    assert settings == ("", "on", "on", "on")


def test_what_is_committed_outlives_a_kill_of_the_server(folder: Path, postgres: Postgres) -> None:
    keep(postgres, "committed")
    os.kill(postgres.pid, signal.SIGKILL)
    assert starts(folder) == ["committed"]


def test_what_is_committed_outlives_a_kill_of_the_python_process(folder: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path;"
        "from taskengine.embedded.data_dir import DataDir; from taskengine.embedded.postgres import Postgres;"
        "server = Postgres(DataDir(Path(sys.argv[1]))); server.start();"
        "print(server.pid, flush=True); time.sleep(600)"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program, folder], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert child.stdout is not None
    leftover = psutil.Process(int(child.stdout.readline()))
    child.kill()
    child.communicate()
    assert leftover.is_running()

    server = Postgres(DataDir(folder))
    server.start()
    try:
        keep(server, "after the kill")
        assert not leftover.is_running()
    finally:
        server.stop()
    assert starts(folder) == ["after the kill"]


@pytest.mark.parametrize("content", ["", "12", "no number\n", "99999999\n/cut/off"])
def test_a_broken_pid_file_does_not_stop_it(folder: Path, postgres: Postgres, content: str) -> None:
    keep(postgres, "committed")
    os.kill(postgres.pid, signal.SIGKILL)
    postgres.stop()
    (folder / "postgres" / "postmaster.pid").write_text(content)
    assert starts(folder) == ["committed"]


def test_a_pid_that_is_another_programs_now_does_not_stop_it_nor_hurt_the_program(
    folder: Path, postgres: Postgres
) -> None:
    keep(postgres, "committed")
    os.kill(postgres.pid, signal.SIGKILL)
    postgres.stop()
    pid_file = folder / "postgres" / "postmaster.pid"
    other = subprocess.Popen(["sleep", "600"])
    try:
        pid_file.write_text("\n".join([str(other.pid), *pid_file.read_text().splitlines()[1:]]))
        assert starts(folder) == ["committed"]
        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


@pytest.mark.parametrize("name", ["ä space and 'quo\"tes", "a,comma"])
def test_it_runs_in_any_folder(folder: Path, name: str) -> None:
    place = folder / name
    server = Postgres(DataDir(place))
    try:
        server.start()
        keep(server, "committed")
    finally:
        server.stop()
    assert starts(place) == ["committed"]


def test_a_path_that_is_too_long_for_a_socket_gets_a_private_folder_that_goes_away(folder: Path) -> None:
    place = folder / ("x" * MAX_SOCKET_DIR_BYTES)
    server = Postgres(DataDir(place))
    sockets = Path(str(psycopg.conninfo.conninfo_to_dict(server.url())["host"]))
    try:
        server.start()
        assert stat.S_IMODE(sockets.stat().st_mode) == 0o700
        os.kill(server.pid, signal.SIGKILL)
        again = Postgres(DataDir(place))
        again.start()
        again.stop()
        assert not sockets.exists()
    finally:
        server.stop()


def test_a_relative_folder_will_do(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    server = Postgres(DataDir(Path("var")))
    try:
        server.start()
        keep(server, "committed")
    finally:
        server.stop()
    assert starts(folder / "var") == ["committed"]


def test_a_lost_password_file_is_made_anew(folder: Path, postgres: Postgres) -> None:
    keep(postgres, "committed")
    postgres.stop()
    (folder / "postgres_password").unlink()
    assert starts(folder) == ["committed"]


def test_an_interrupted_first_start_is_begun_anew(folder: Path) -> None:
    half = folder / "postgres.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")
    server = Postgres(DataDir(folder))
    try:
        server.start()
        keep(server, "committed")
        assert kept(server) == ["committed"]
    finally:
        server.stop()


def test_another_versions_data_is_left_alone(folder: Path, postgres: Postgres) -> None:
    postgres.stop()
    (folder / "postgres" / "PG_VERSION").write_text("17\n")
    with pytest.raises(EmbeddedError, match="written by PostgreSQL 17"):
        Postgres(DataDir(folder)).start()


def test_a_server_that_cannot_start_says_what_its_log_says(folder: Path) -> None:
    with pytest.raises(EmbeddedError, match="shared_buffers"):
        Postgres(DataDir(folder), settings={"shared_buffers": "nonsense"}).start()


@pytest.mark.long
def test_a_recovery_that_takes_longer_than_ten_seconds_is_waited_for(
    folder: Path, postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(postgres, "committed")
    os.kill(postgres.pid, signal.SIGKILL)
    spawn = Postgres._spawn

    def spawn_slowly(server: Postgres) -> None:
        spawn(server)
        os.kill(server.pid, signal.SIGSTOP)
        threading.Timer(12, os.kill, (server.pid, signal.SIGCONT)).start()

    monkeypatch.setattr(Postgres, "_spawn", spawn_slowly)
    assert starts(folder) == ["committed"]


def test_the_person_s_libpq_variables_lead_nowhere_else(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGPORT", "1")
    monkeypatch.setenv("PGHOST", "nowhere.invalid")
    monkeypatch.setenv("PGDATABASE", "nothing")
    with psycopg.connect(postgres.url()) as connection:
        assert connection.info.dbname == "taskengine"
