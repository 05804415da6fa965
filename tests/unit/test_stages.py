"""`make test`: every folder is in a stage, what a mark takes out of one is in another, and what it needs is said."""

import re

from tests.support.servers import ROOT

TESTS = ROOT / "tests"
ELSEWHERE = {"tests/compose"}  # `make test-compose`
# What the README calls a part of the system otherwise than Debian calls the package that has it.
CALLED = {"redis-server": "redis", "prometheus": "promtool"}


def stages() -> dict[str, set[str]]:
    """Return the folders that are run under each condition; "" is that of all tests."""
    recipe = re.search(
        r"^ifeq \(\$\(PYTEST_ARGS\),\)\n(.*?)^else$",
        (ROOT / "Makefile").read_text(),
        re.MULTILINE | re.DOTALL,
    )
    assert recipe
    lines = [line for line in recipe[1].splitlines() if "pytest" in line]
    marks = [re.search(r' -m "([^"]+)"', line) for line in lines]
    return {
        mark[1] if mark else "": set(re.findall(r"tests/\w+", line))
        for mark, line in zip(marks, lines, strict=True)
    }


def test_each_folder_is_run_whatever_its_tests_are_marked() -> None:
    found = stages()
    assert found.keys() == {"", "untimed and not long", "not untimed and not long"}
    assert found["untimed and not long"] == found["not untimed and not long"]
    folders = {f"tests/{path.relative_to(TESTS).parts[0]}" for path in TESTS.rglob("test_*.py")}
    assert set().union(*found.values()) == folders - ELSEWHERE


def test_people_are_told_of_all_that_is_installed_for_the_tests() -> None:
    script = (ROOT / "scripts/test-packages").read_text()
    packages = set(re.findall(r'missing="(?:\$missing )?([a-z-]+)"', script))
    (told,) = re.findall(r"The tests also need ([^.]+)\.", (ROOT / "README.md").read_text())
    assert len(packages) > 4
    assert {CALLED.get(name, name) for name in packages} <= set(re.findall(r"\w+", told.lower()))
