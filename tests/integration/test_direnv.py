"""`.envrc`, read by the real direnv as a developer's shell reads it."""

import json
import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.support.missing import missing
from tests.support.servers import ROOT


class Direnv:
    """direnv in a checkout and with a home of its own, so that nothing of the developer's is read or allowed."""

    def __init__(self, checkout: Path, home: Path) -> None:
        self.checkout = checkout
        self._env = {"PATH": os.environ["PATH"], "HOME": str(home)}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["direnv", *arguments],
            cwd=self.checkout,
            env=self._env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def environment(self) -> dict[str, str]:
        """What a command sees there."""
        done = self.run("exec", ".", "env", "--null")
        assert done.returncode == 0, done.stderr
        return dict(each.split("=", 1) for each in done.stdout.split("\0") if each)


@pytest.fixture
def direnv(tmp_path: Path) -> Direnv:
    if shutil.which("direnv") is None:
        raise missing("direnv", debian="direnv", elsewhere="brew install direnv, or https://direnv.net")
    checkout, home = tmp_path / "a checkout", tmp_path / "home"
    (checkout / ".venv" / "bin").mkdir(parents=True)
    home.mkdir()
    shutil.copy(ROOT / ".envrc", checkout)
    return Direnv(checkout, home)


def test_nothing_of_it_counts_before_the_person_allows_it(direnv: Direnv) -> None:
    assert "is blocked" in direnv.run("exec", ".", "env").stderr
    assert not (direnv.checkout / "var").exists()


def test_a_shell_finds_the_tools_and_settings_that_work(direnv: Direnv) -> None:
    assert direnv.run("allow").returncode == 0
    found = direnv.environment()
    assert found["VIRTUAL_ENV"] == str(direnv.checkout / ".venv")
    assert str(direnv.checkout / ".venv" / "bin") in found["PATH"].split(":")[:2]
    assert (found["DJANGO_SETTINGS_MODULE"], found["DJANGO_DEBUG"]) == ("taskengine.settings", "1")
    reads = subprocess.run(
        [ROOT / ".venv" / "bin" / "python", "-c", _SETTINGS],
        cwd=ROOT,
        env={**found, "DATABASE_URL": "postgresql:///none"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(reads.stdout) == [True, "http://localhost:5173"]


_SETTINGS = """
import json
from django.conf import settings
print(json.dumps([settings.DEBUG, settings.CSRF_TRUSTED_ORIGINS[1]]))
"""


def test_the_key_is_made_once_for_the_owner_only_and_ones_own_file_wins(direnv: Direnv) -> None:
    direnv.run("allow")
    first = direnv.environment()["SECRET_KEY"]
    assert len(first) >= 32
    assert direnv.environment()["SECRET_KEY"] == first
    kept = direnv.checkout / "var" / "secret_key"
    assert kept.read_text().strip() == first
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    (direnv.checkout / ".envrc.local").write_text("export DATABASE_URL=postgresql:///mine\n")
    assert direnv.environment()["DATABASE_URL"] == "postgresql:///mine"
