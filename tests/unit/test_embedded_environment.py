"""Which values of the environment are the embedded run's, and which a person's may win."""

import os
import stat
from pathlib import Path

import pytest

from taskengine.embedded import environment
from taskengine.embedded.data_dir import DataDir
from taskengine.embedded.errors import EmbeddedError

URL = "postgresql://postgres:secret@/taskengine?host=%2Fsomewhere"


@pytest.fixture
def data_dir(tmp_path: Path) -> DataDir:
    return DataDir(tmp_path / "var")


def test_the_embedded_database_is_used_past_any_direct_address(data_dir: DataDir) -> None:
    env = environment.common({"DATABASE_DIRECT_URL": "elsewhere"}, data_dir=data_dir, database_url=URL)
    assert (env["DATABASE_URL"], env["DATABASE_DIRECT_URL"], env["EMBEDDED"]) == (URL, URL, "1")


def test_a_database_of_ones_own_makes_it_no_embedded_run_and_no_demo(data_dir: DataDir) -> None:
    env = environment.common({"DATABASE_URL": "own"}, data_dir=data_dir, database_url=None)
    env = environment.serving(env, port=8000, embedded=False)
    assert env["DATABASE_URL"] == "own"
    assert "EMBEDDED" not in env
    assert "DEMO" not in env


def test_what_a_person_has_in_files_is_theirs_too(data_dir: DataDir) -> None:
    files = {"DATABASE_URL_FILE": "/a/url", "SECRET_KEY_FILE": "/a/key"}
    assert environment.own_database(files)
    assert "SECRET_KEY" not in environment.common(files, data_dir=data_dir, database_url=None)


def test_a_secret_key_is_made_once_and_a_persons_own_wins(data_dir: DataDir) -> None:
    first = environment.common({}, data_dir=data_dir, database_url=URL)["SECRET_KEY"]
    second = environment.common({"SECRET_KEY": ""}, data_dir=data_dir, database_url=URL)["SECRET_KEY"]
    assert first == second
    assert len(first) >= 32
    own = environment.common({"SECRET_KEY": "own"}, data_dir=data_dir, database_url=URL)["SECRET_KEY"]
    assert own == "own"


def test_serving_turns_debug_mode_off_and_follows_the_port(data_dir: DataDir) -> None:
    env = environment.serving({"DJANGO_DEBUG": "1"}, port=8010, embedded=True)
    assert env == {
        "DJANGO_DEBUG": "0",
        "PUBLIC_URL": "http://127.0.0.1:8010",
        "DEMO": "1",
        "WORKER_IN_SERVER": "1",
    }


def test_the_one_process_makes_breakdowns_with_a_redis_too_unless_somebody_else_does(
    data_dir: DataDir,
) -> None:
    own = {"DATABASE_URL": "own", "REDIS_URL": "redis://own"}
    env = environment.common(own, data_dir=data_dir, database_url=None)
    assert environment.serving(env, port=8000, embedded=False)["WORKER_IN_SERVER"] == "1"
    told = environment.serving({**env, "WORKER_IN_SERVER": "0"}, port=8000, embedded=False)
    assert told["WORKER_IN_SERVER"] == "0"


def test_a_persons_address_and_no_demo_win(data_dir: DataDir) -> None:
    own = {"PUBLIC_URL": "https://tasks.example.org", "DEMO": "0"}
    env = environment.serving(own, port=8010, embedded=True)
    assert (env["PUBLIC_URL"], env["DEMO"]) == ("https://tasks.example.org", "0")


def test_a_secret_is_for_its_owner_only_even_under_a_lax_umask(data_dir: DataDir) -> None:
    before = os.umask(0)
    try:
        data_dir.secret("name")
    finally:
        os.umask(before)
    assert stat.S_IMODE((data_dir.path / "name").stat().st_mode) == 0o600


def test_an_empty_secret_file_is_made_anew(data_dir: DataDir) -> None:
    (data_dir.path / "name").touch()
    assert len(data_dir.secret("name")) >= 32


def test_a_data_dir_that_stands_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    DataDir(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o750


def test_a_data_dir_is_held_by_one_at_a_time_and_let_go(data_dir: DataDir) -> None:
    taken = pytest.raises(EmbeddedError, match=f"already runs .* \\(process {os.getpid()}\\)")
    with data_dir.locked(), taken, data_dir.locked():
        raise AssertionError("held twice")
    with data_dir.locked():
        pass


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(EmbeddedError, match="Cannot use"):
        DataDir(tmp_path / "file" / "var")
