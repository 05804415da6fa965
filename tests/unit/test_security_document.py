"""SECURITY.md names the tests that hold each promise: they have to be there."""

import ast
import re

from tests.support.servers import ROOT

TEXT = (ROOT / "SECURITY.md").read_text()
RISKS = [f"API{number}" for number in range(1, 11)]


def rows() -> dict[str, str]:
    """Return the rows of the table, by risk."""
    return {found[1]: found[0] for found in re.finditer(r"^\| \*\*(API\d+)\*\* .*$", TEXT, re.MULTILINE)}


# Tests with these marks are run now and then, and so hold nothing from day to day.
SELDOM = re.compile(r"\bmark\.(long|compose)\b")


def functions(path: str) -> set[str]:
    """Return the names of a file's tests that each run runs."""
    tree = ast.parse((ROOT / path).read_text())
    of_all = [ast.unparse(node) for node in tree.body if isinstance(node, ast.Assign)]
    if any(line.startswith("pytestmark") and SELDOM.search(line) for line in of_all):
        return set()
    return {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and not any(SELDOM.search(ast.unparse(each)) for each in node.decorator_list)
    }


def test_every_risk_has_a_row_and_every_row_a_test() -> None:
    table = rows()
    assert list(table) == RISKS
    for risk, row in table.items():
        assert re.findall(r"`tests/[\w/]+\.py::test_\w+`", row), risk


def test_every_test_that_is_named_is_there_and_is_always_run() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TEXT)
    assert len(named) > 30
    missing = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / path).is_file() or name not in functions(path)
    ]
    assert not missing
