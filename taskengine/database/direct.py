"""Asking PostgreSQL without psycopg's cursor: one call of libpq for each statement.

A cursor can do a lot, and goes through a hundred functions to ask for one row. Our own statements, which are always
the same, need none of it: each connection has PostgreSQL parse and plan them once, and then names them.

What nobody waits for can be put off: it goes together with what is asked next, or with COMMIT, in one round trip.
"""

import select
from collections.abc import Callable, Iterator, Sequence
from functools import cache, partial
from typing import Any, Final, Self

from psycopg import OperationalError, adapt, generators, pq, waiting
from psycopg.errors import error_from_result

_MAX_NAMES: Final = 200  # statements that PostgreSQL keeps for one connection
_WELL: Final = frozenset({pq.ExecStatus.COMMAND_OK, pq.ExecStatus.TUPLES_OK})
_LOOK_S: Final = 0.1  # how often a wait looks whether the connection is still there
_NAMES: Final = "_taskengine_names"
_TRANSFORMER: Final = "_taskengine_transformer"


class DirectCursor:
    """The part of a cursor that our statements need; only for text with `%s` for each value.

    Args:
        wrapper: Django's connection, which is open.
    """

    rowcount = -1

    def __init__(self, wrapper: Any) -> None:
        self._wrapper = wrapper
        self._transformer = _transformer(wrapper.connection)
        self._rows: Sequence[Any] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __iter__(self) -> Iterator[Any]:
        return iter(self.fetchall())

    def execute(self, statement: str, values: Sequence[Any]) -> None:
        """Carry a statement out, in the transaction that Django has open."""
        self.put_off(statement, values)
        with self._wrapper.wrap_database_errors:
            ask(self._wrapper.connection, self._wrapper.take_put_off())

    def put_off(self, statement: str, values: Sequence[Any]) -> None:
        """Carry a statement out before the next one, or else before COMMIT: its rows and its errors come only then."""
        self._wrapper.validate_no_broken_transaction()
        with self._wrapper.wrap_database_errors:
            self.question = self._question(statement, values)
        self._wrapper.put_off.append(self)

    def _question(self, statement: str, values: Sequence[Any]) -> tuple[Any, ...]:
        connection, transformer = self._wrapper.connection, self._transformer
        written = transformer.dump_sequence(values, [adapt.PyFormat.AUTO] * len(values))
        types, formats = transformer.types, transformer.formats
        text = _numbered(statement, len(values))
        if connection.prepare_threshold is None:
            return (text, written, types, formats)
        return (self._name(text, types), written, formats)

    def _name(self, statement: bytes, types: Any) -> bytes:
        """Return what PostgreSQL calls a statement with values of such types on this connection."""
        connection = self._wrapper.connection
        names: dict[Any, bytes] = vars(connection).setdefault(_NAMES, {})
        if (name := names.get((statement, types))) is None:
            server = connection.pgconn
            if len(names) >= _MAX_NAMES:
                ask(connection, self._wrapper.take_put_off())  # they have names
                _refuse_failed(server, server.exec_(b"DEALLOCATE ALL"))
                names.clear()
            name = b"ours_%d" % len(names)
            _refuse_failed(server, server.prepare(name, statement, types))
            names[statement, types] = name
        return name

    def take(self, result: Any) -> None:
        """Take in what PostgreSQL has answered."""
        self._transformer.set_pgresult(result)
        self._rows = self._transformer.load_rows(0, result.ntuples, tuple) if result.nfields else ()
        self.rowcount = result.command_tuples if result.command_tuples is not None else -1
        self._transformer.set_pgresult(None)  # which outlives this cursor, and would keep the answer

    def fetchall(self) -> Sequence[Any]:
        """Return all rows; what was put off is carried out now, if it was not yet."""
        if self._rows is None:
            with self._wrapper.wrap_database_errors:
                ask(self._wrapper.connection, self._wrapper.take_put_off())
        assert self._rows is not None, "nothing was asked"
        return self._rows

    def fetchone(self) -> Any:
        """Return the only row, or None."""
        rows = self.fetchall()
        return rows[0] if rows else None


def ask(connection: Any, cursors: Sequence[DirectCursor], *, and_commit: bool = False) -> None:
    """Carry out the statements of some cursors, in order, by one round trip; after one that fails none is.

    Args:
        connection: psycopg's.
        cursors: Whose.
        and_commit: Whether the transaction ends with them.
    """
    if not cursors:
        return
    server = connection.pgconn
    is_new = not connection.autocommit and server.transaction_status == pq.TransactionStatus.IDLE
    by_name = connection.prepare_threshold is not None
    if len(cursors) == 1 and not is_new and not and_commit:
        execute = server.exec_prepared if by_name else server.exec_params
        results = [execute(*cursors[0].question)]
    else:
        send = server.send_query_prepared if by_name else server.send_query_params
        sends = [partial(send, *cursor.question) for cursor in cursors]
        begin, commit = (partial(server.send_query_params, word, None) for word in (b"BEGIN", b"COMMIT"))
        results = _answers(server, [*[begin] * is_new, *sends, *[commit] * and_commit])
    for result in results:
        _refuse_failed(server, result)
    for cursor, result in zip(cursors, results[is_new:], strict=False):
        cursor.take(result)


def _answers(server: Any, sends: Sequence[Callable[[], None]]) -> list[Any]:
    """Send questions without a wait between them, and return the answers."""
    server.enter_pipeline_mode()
    for send in sends:
        send()
    server.pipeline_sync()
    if server.flush():  # more than the socket takes at once
        waiting.wait(generators.send(server), server.socket, interval=_LOOK_S)
    results = [_answer(server) for _ in sends]
    _answer(server)  # to the end of the pipeline
    server.exit_pipeline_mode()
    return results


def _answer(server: Any) -> Any:
    """Wait for the next answer of a pipeline. libpq's own wait would keep all other threads from running."""
    result = None
    while True:
        while server.is_busy():
            poll = select.poll()
            poll.register(server.socket, select.POLLIN)
            poll.poll()
            server.consume_input()
        following = server.get_result()
        if following is None:
            return result
        result = following
        if result.status == pq.ExecStatus.PIPELINE_SYNC:  # which nothing follows
            return result


def _transformer(connection: Any) -> Any:
    """Return what turns values to bytes and back: one for a connection, with whose thread it goes.

    It remembers who reads and writes each type. A new one for each statement looked them all up again, fifty columns in
    every request, and that was most of what it took to read a row. Nothing of one statement is left in it that the next
    one goes by: it is asked for what it wrote, or given a result and asked for its rows, without a pause between.
    """
    kept = vars(connection)
    if (transformer := kept.get(_TRANSFORMER)) is None:
        transformer = kept[_TRANSFORMER] = adapt.Transformer(connection)
    return transformer


@cache
def _numbered(statement: str, count: int) -> bytes:
    text = statement % tuple(f"${number}" for number in range(1, count + 1))
    return text.encode()


def _refuse_failed(server: Any, result: Any) -> None:
    if result.status in _WELL:
        return
    if server.status == pq.ConnStatus.BAD:  # which has no code of its own
        raise OperationalError(server.get_error_message())
    raise error_from_result(result, encoding="utf-8")
