"""Asking PostgreSQL without psycopg's cursor: one call of libpq for each statement.

A cursor can do a lot, and goes through a hundred functions to ask for one row. Our own statements, which are always
the same, need none of it: each connection has PostgreSQL parse and plan them once, and then names them.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, Final, Self

from psycopg import OperationalError, adapt, pq
from psycopg.errors import error_from_result

_MAX_NAMES: Final = 200  # statements that PostgreSQL keeps for one connection
_WELL: Final = frozenset({pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK})
_NAMES: Final = "_taskengine_names"


class DirectCursor:
    """The part of a cursor that our statements need; only for text with `%s` for each value.

    Args:
        wrapper: Django's connection, which is open.
    """

    rowcount = -1

    def __init__(self, wrapper: Any) -> None:
        self._wrapper = wrapper
        self._rows: Sequence[Any] = ()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def execute(self, statement: str, values: Sequence[Any]) -> None:
        """Carry a statement out, in the transaction that Django has open."""
        self._wrapper.validate_no_broken_transaction()
        with self._wrapper.wrap_database_errors:
            connection = self._wrapper.connection
            transformer = adapt.Transformer(connection)
            result = _asked(connection, transformer, _numbered(statement, len(values)), values)
            transformer.set_pgresult(result)
            self._rows = transformer.load_rows(0, result.ntuples, tuple) if result.nfields else ()
            self.rowcount = result.command_tuples if result.command_tuples is not None else -1

    def fetchall(self) -> Sequence[Any]:
        """Return all rows."""
        return self._rows

    def fetchone(self) -> Any:
        """Return the only row, or None."""
        return self._rows[0] if self._rows else None


@cache
def _numbered(statement: str, count: int) -> bytes:
    text = statement % tuple(f"${number}" for number in range(1, count + 1))
    return text.encode()


def _asked(connection: Any, transformer: Any, statement: bytes, values: Sequence[Any]) -> Any:
    server = connection.pgconn
    if not connection.autocommit and server.transaction_status == pq.TransactionStatus.IDLE:
        _well(server, server.exec_(b"BEGIN"))
    written = transformer.dump_sequence(values, [adapt.PyFormat.AUTO] * len(values))
    types, formats = transformer.types, transformer.formats
    if connection.prepare_threshold is None:
        return _well(server, server.exec_params(statement, written, types, formats))
    name = _name(connection, server, statement, types)
    return _well(server, server.exec_prepared(name, written, formats))


def _name(connection: Any, server: Any, statement: bytes, types: Any) -> bytes:
    """Return what PostgreSQL calls a statement with values of such types on this connection."""
    names: dict[Any, bytes] = vars(connection).setdefault(_NAMES, {})
    if (name := names.get((statement, types))) is None:
        if len(names) >= _MAX_NAMES:
            _well(server, server.exec_(b"DEALLOCATE ALL"))
            names.clear()
        name = b"ours_%d" % len(names)
        _well(server, server.prepare(name, statement, types))
        names[statement, types] = name
    return name


def _well(server: Any, result: Any) -> Any:
    if result.status in _WELL:
        return result
    if server.status == pq.ConnStatus.BAD:  # which has no code of its own
        raise OperationalError(server.get_error_message())
    raise error_from_result(result, encoding="utf-8")
