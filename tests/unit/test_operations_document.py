"""docs/operations.md, held against what settings and compose files read."""

import ast
import re
from typing import Any, Final

import pytest

from tests.support.composition import FILES
from tests.support.servers import ROOT

TEXT: Final = (ROOT / "docs/operations.md").read_text()
# Read to be refused: it was another release's.
GONE: Final = {"TRUSTED_PROXY_COUNT"}
# Read by libraries of ours, and by what starts a process.
OF_OTHERS: Final = {"OTEL_EXPORTER_OTLP_ENDPOINT"}
_DAY_S: Final = 86_400
UNSAID: Final = object()


def settings_read() -> dict[str, Any]:
    """Return each variable that settings read, with its default where that is written out."""
    found: dict[str, Any] = {}
    text = "".join((ROOT / "taskengine" / file).read_text() for file in ("settings.py", "env.py"))
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Call) and node.args and isinstance(name := node.args[0], ast.Constant):
            reads = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "env"
            if reads or getattr(node.func, "id", "") == "database":
                defaults = [each.value for each in node.keywords if each.arg == "default"]
                found.setdefault(str(name.value), _value(defaults[0]) if defaults else UNSAID)
    return found


def _value(node: ast.expr) -> Any:
    try:
        return eval(compile(ast.Expression(node), "settings", "eval"), {"__builtins__": {}})  # noqa: S307 (ours)
    except (NameError, SyntaxError):  # it depends on something else
        return UNSAID


def documented() -> dict[str, str]:
    """Return each variable of the table, with what it says of its default."""
    (table,) = re.findall(r"\| variable \| default \| meaning \|\n\|[-|]+\n((?:\|.*\n)+)", TEXT)
    found: dict[str, str] = {}
    for row in table.splitlines():
        _, names, defaults, _ = row.split("|", maxsplit=3)
        names = re.findall(r"`([A-Z_*]+)`", names)
        said = [each.strip() for each in defaults.split(",")]
        found |= zip(names, said if len(said) == len(names) else [defaults.strip()] * len(names), strict=True)
    return found


READ: Final = settings_read()
TABLE: Final = documented()


def test_every_variable_that_settings_read_is_in_the_table_and_every_one_there_is_read() -> None:
    limits = {name for name in READ if name.startswith("RATE_LIMIT_")}
    assert READ.keys() - limits - GONE == TABLE.keys() - {"RATE_LIMIT_*"} - OF_OTHERS
    assert len(READ) > 50, "they were read"
    for name in limits:
        assert f"`{name.removeprefix('RATE_LIMIT_')}`" in TEXT


@pytest.mark.parametrize(
    "name", [name for name, default in READ.items() if default is not UNSAID and name in TABLE]
)
def test_the_table_says_the_default(name: str) -> None:
    default, said = READ[name], TABLE[name].replace("`", "")
    match default:
        case bool():
            assert said.startswith(str(int(default)))
        case None | "" | []:
            assert re.match(r"none|Google's|DATABASE_URL|1 with", said), said
        case int():
            assert said in {str(default), f"{default // _DAY_S} days"}
        case _:
            assert said in {default, "console"}


def test_every_variable_of_the_compose_files_is_named() -> None:
    text = "".join((ROOT / file).read_text() for file in FILES)
    section = TEXT.partition("## Environment")[0]
    for name, default in sorted(set(re.findall(r"\$\{(\w+)(?::-([\w.:/]*))?", text))):
        assert f"`{name}`" in section or f"{name}=" in section, name
        if name.endswith(("_CPUS", "_MEMORY", "_BUFFERS")):
            assert re.search(rf"`{name}`\s+\({default}\)", section), f"{name} is {default}"
