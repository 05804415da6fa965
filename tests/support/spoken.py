"""What some code says to the database, kept as it was said, and said again to another one."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from django.db import DatabaseError, connection, transaction

_TRANSACTION: Final = ("SAVEPOINT", "RELEASE", "ROLLBACK")
_SETTING: Final = ("SET", "SHOW", "ALTER", "EXPLAIN")
_WRITES: Final = ("INSERT", "UPDATE", "DELETE", "WITH")
# So that what is counted by the database is counted from the same number again.
_RESTART: Final = """
SELECT format('ALTER SEQUENCE %%I RESTART', sequence_name) FROM information_schema.sequences
WHERE sequence_schema = current_schema() ORDER BY 1
"""


class Refused(Exception):
    """The database did not carry a statement out."""

    def __init__(self, statement: str, why: Exception) -> None:
        super().__init__(f"{str(why).splitlines()[0]}, said to: {statement}")


def recorded(act: Callable[[], None]) -> list[str]:
    """Return the statements that some code has the database carry out, with their values, in their order.

    Of those that only read, each is kept once, whatever its values. What failed is left out. It is to be called within
    a transaction, in which the code's own ones are savepoints.
    """
    kept: list[str] = []
    read: set[str] = set()

    def listen(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        answer = execute(sql, params, many, context)
        for values in params if many else [params]:
            text = sql.strip() if values is None else _composed(sql, values)
            verb = text.split(None, 1)[0].upper()
            if verb in _SETTING:
                continue
            if verb not in _TRANSACTION and not _writes(text):
                if sql in read:
                    continue
                read.add(sql)
            kept.append(text)
        return answer

    _count_anew()
    with _everything_said(), connection.execute_wrapper(listen):
        act()
    return _with_few_savepoints(kept)


def say_again(statements: Sequence[str]) -> None:
    """Have the database carry statements out, each after the one before it, and take everything back.

    Raises:
        Refused: It does not, and why.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        _count_anew()
        for statement in statements:
            try:
                cursor.execute(statement, None)
            except DatabaseError as error:
                raise Refused(statement, error) from error
        transaction.set_rollback(True)


def _composed(sql: Any, values: Any) -> str:
    operations: Any = connection.ops  # the stubs lack PostgreSQL's
    return str(operations.compose_sql(sql, values)).strip()


def _writes(text: str) -> bool:
    words = text.upper()
    return words.startswith(_WRITES) and any(
        f"{verb} " in words for verb in ("INSERT INTO", "UPDATE", "DELETE FROM")
    )


def _count_anew() -> None:
    with connection.cursor() as cursor:
        cursor.execute(_RESTART, [])
        for (restart,) in cursor.fetchall():
            cursor.execute(restart)


@contextmanager
def _everything_said() -> Iterator[None]:
    """Let our prepared statements go the way of the others (`DatabaseWrapper.prepared`)."""
    before, connection.force_debug_cursor = connection.force_debug_cursor, True
    try:
        yield
    finally:
        connection.force_debug_cursor = before


def _with_few_savepoints(statements: list[str]) -> list[str]:
    """Leave out the savepoints to which nobody went back."""
    gone_back_to = {each.split()[-1] for each in statements if each.startswith("ROLLBACK")}
    return [
        each
        for each in statements
        if not each.startswith(("SAVEPOINT", "RELEASE")) or each.split()[-1] in gone_back_to
    ]
