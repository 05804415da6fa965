"""Django's own backend, with another reader of timestamps and a cursor that prepares (the module's name is Django's).

Django's reader is written in Python and takes 8 µs for each; psycopg's own takes a tenth. With four of them
in every task it is most of what reading one costs.
"""

import math
import select
from collections.abc import Sequence
from functools import cache
from time import monotonic
from typing import Any, Final

import orjson
from django.db.backends.postgresql import base, operations
from django.db.backends.postgresql.psycopg_any import get_adapters_template  # type: ignore[import-untyped]
from psycopg import pq
from psycopg.adapt import AdaptersMap
from psycopg.types.datetime import TimestamptzLoader
from psycopg.types.json import Jsonb
from psycopg_pool import ConnectionPool, PoolTimeout

from taskengine.database.direct import DirectCursor, ask

# How long a request waits for a connection in all. It asks again and again (the pool's own `timeout` apart): a
# pool that has given up on a database that was away tries again only when it is asked.
CONNECTION_WAIT_S: Final = 10.0
# For so long after a request gave up like that, others give up at once: they stood in line for its thread and have
# waited as long, and each in turn would wait again.
_AWAY_S: Final = 1.0
_gave_up_at = -math.inf


@cache
def _adapters(time_zone: Any) -> AdaptersMap:
    adapters = AdaptersMap(get_adapters_template(True, time_zone))
    # It takes the connection's time zone, which Django sets to that of the settings.
    adapters.register_loader("timestamptz", TimestamptzLoader)
    return adapters


class DatabaseOperations(operations.DatabaseOperations):
    """Writes JSON by orjson: Python's own takes as long as a statement to send (40 µs) for a task before and after."""

    def adapt_json_value(self, value: Any, encoder: Any) -> Any:
        """Return a value as psycopg takes it."""
        return Jsonb(value, dumps=_json) if encoder is None else super().adapt_json_value(value, encoder)


def _json(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection to PostgreSQL."""

    ops_class = DatabaseOperations

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.put_off: list[DirectCursor] = []

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Return a connection; from the pool, one that was not hung up on meanwhile.

        The pool's own check asks the server each time, which costs as much as a query.
        """
        connection = self._new_connection(conn_params)
        pool: ConnectionPool | None = self.pool  # type: ignore[attr-defined]  # the stubs lack it
        while pool is not None and _is_hung_up_on(connection):
            connection.close()
            pool.putconn(connection)  # which lets it go
            connection = self._new_connection(conn_params)
        return connection

    def _new_connection(self, conn_params: dict[str, Any]) -> Any:
        global _gave_up_at
        began = monotonic()
        if began - _gave_up_at < _AWAY_S:
            raise PoolTimeout("the database was away a moment ago")
        # Since somebody gave up there was no connection: one wait is enough to see whether there is one now.
        wait_s = CONNECTION_WAIT_S if _gave_up_at < 0 else 0
        while True:
            try:
                connection = super().get_new_connection(conn_params)
            except PoolTimeout:
                if monotonic() - began >= wait_s:
                    _gave_up_at = monotonic()
                    raise
            else:
                _gave_up_at = -math.inf
                return connection

    def _set_autocommit(self, autocommit: bool) -> None:
        """Say whether the next statement begins a transaction, which is for psycopg alone to know.

        Twice in each transaction. Psycopg's own way to set it waits for a lock and then for nothing, which takes as long
        as all that Django does besides (30 µs).
        """
        if self.connection.pgconn.transaction_status == pq.TransactionStatus.IDLE:
            self.connection._autocommit = autocommit
        else:
            super()._set_autocommit(autocommit)  # type: ignore[misc]  # which says what is wrong; the stubs lack it

    def get_connection_params(self) -> dict[str, Any]:
        """Return what psycopg connects with."""
        parameters: dict[str, Any] = super().get_connection_params()
        parameters["context"] = _adapters(self.timezone)
        return parameters

    def create_cursor(self, name: str | None = None) -> Any:
        """Return a cursor. Django's own would set its reader of timestamps on it again."""
        if self.put_off:
            ask(self.connection, self.take_put_off())
        if name is not None:
            return self.connection.cursor(name, scrollable=False, withhold=self.connection.autocommit)
        return self.connection.cursor()

    def prepared(self) -> Any:
        """Return a cursor for one of our own statements, which are always the same: each connection plans it once.

        Django puts the values into the statement's text, which PostgreSQL then parses and plans anew. The four
        statements of a write take 0.6 ms here and 1.1 ms in PostgreSQL that way, and 0.4 and 0.5 ms prepared.
        Whether they are is for `prepare_threshold` to say. Django's log of statements has the values in them, so
        where it is kept they are put there.
        """
        if self.queries_logged or self.settings_dict["OPTIONS"].get(
            "server_side_binding"
        ):  # the engine's prepares all
            return self.cursor()
        self.ensure_connection()
        return DirectCursor(self)

    def later(self, statement: str, values: Sequence[Any]) -> Any:
        """Carry out one of our own statements that nobody waits for, and return its cursor.

        It goes with the transaction's next statement, or with its COMMIT, in one round trip: what there is to be read,
        and what is wrong with it, comes then. So it is for statements that can only fail by our own mistake.
        """
        cursor = self.prepared()
        if self.in_atomic_block and isinstance(cursor, DirectCursor):
            cursor.put_off(statement, values)
        else:
            cursor.execute(statement, values)
        return cursor

    def take_put_off(self) -> list[DirectCursor]:
        """Return the cursors whose statements were put off; whoever takes them carries them out."""
        taken, self.put_off = self.put_off, []
        return taken

    def _commit(self) -> None:
        if not self.put_off:
            super()._commit()  # type: ignore[misc]  # the stubs lack it
            return
        with self.wrap_database_errors:
            ask(self.connection, self.take_put_off(), and_commit=True)

    def _rollback(self) -> None:
        self.put_off.clear()
        super()._rollback()  # type: ignore[misc]  # the stubs lack it

    def close(self) -> None:
        """Close the connection."""
        self.put_off.clear()
        super().close()


def _is_hung_up_on(connection: Any) -> bool:
    """Whether the server has said something to an idle connection: as a rule, that it is over."""
    poll = select.poll()
    poll.register(connection.fileno(), select.POLLIN)
    return bool(poll.poll(0))
