"""What a prepared statement touches when it runs by the plan that its connection keeps for it.

Only for processes that have Django.
"""

import contextlib
import re
from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db import connection, transaction
from psycopg import sql

_PARAMETER: Final = re.compile(r"%\((\w+)\)[sbt]")
_SCANS: Final = re.compile(r"(Seq|Index|Index Only|Bitmap Heap|Tid) Scan")


class _Noted(Exception):
    """The statement is known now, and was not run."""


def touched(
    act: Callable[[], object], *, prepare: Callable[[], object], rows_at_most: int
) -> dict[str, float]:
    """Have one statement explained while it runs by the plan that is kept for it. What it does is undone.

    Args:
        act: What sends the statement, with parameters by name.
        prepare: What sends it too and may be done for good: it is sent twice, and is then prepared.
        rows_at_most: How many rows of a table any one step of the plan may read.

    Returns:
        `rows`, the most that one step read of a table, and `pages`, how many the whole took.

    Raises:
        AssertionError: The plan reads more rows, or a whole table.
    """
    sent: list[tuple[str, dict[str, Any]]] = []

    def note(_: Any, statement: str, parameters: dict[str, Any], *__: Any) -> Any:
        sent.append((statement, parameters))
        raise _Noted

    prepare()
    prepare()
    with connection.execute_wrapper(note), contextlib.suppress(_Noted):
        act()
    with transaction.atomic():
        (explained,) = _explain(*sent[0])
        transaction.set_rollback(True)
    plan = explained["Plan"]
    scans = [node for node in _nodes(plan) if "Relation Name" in node and _SCANS.match(node["Node Type"])]
    assert scans, "it reads no table"
    for scan in scans:
        assert scan["Node Type"] != "Seq Scan", scan
        assert _rows(scan) <= rows_at_most, scan
    return {
        "rows": max(map(_rows, scans)),
        "pages": plan["Shared Hit Blocks"] + plan["Shared Read Blocks"],
    }


def _explain(statement: str, parameters: dict[str, Any]) -> Any:
    names = list(dict.fromkeys(_PARAMETER.findall(statement)))
    prepared = _PARAMETER.sub(lambda match: f"${names.index(match[1]) + 1}", statement).replace("%%", "%")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name FROM pg_prepared_statements WHERE statement = %s ORDER BY prepare_time DESC",
            [prepared],
        )
        row = cursor.fetchone()
        assert row is not None, "the statement is not prepared"
        # Past the server's binding of parameters, which EXPLAIN does not take.
        cursor.execute(
            sql.SQL("EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE {} ({})")
            .format(
                sql.Identifier(row[0]),
                sql.SQL(", ").join(sql.Literal(parameters[name]) for name in names),
            )
            .as_string(cursor.connection)
            .replace("%", "%%"),
            [],
        )
        return cursor.fetchone()[0]


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for child in plan.get("Plans", ()):
        yield from _nodes(child)


def _rows(scan: dict[str, Any]) -> float:
    """Return how many rows a step read in all its turns, those that it threw away included."""
    removed = scan.get("Rows Removed by Filter", 0) + scan.get("Rows Removed by Index Recheck", 0)
    return float((scan["Actual Rows"] + removed) * scan["Actual Loops"])
