"""What a migration must not do while people are at work, and while the release before it still runs.

A deploy migrates first and then replaces the processes one by one. So no statement may hold a lock for as long as a
table is large (that many writes would wait), and what the old code writes and reads has to be there still.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.db import connection, models
from django.db.migrations import Migration, operations
from django.db.migrations.state import ProjectState
from django.db.models.functions import Now

# Rule: what to do instead.
RULES: Final = {
    "index": "AddIndexConcurrently, in a migration that is not atomic",
    "index-removal": "RemoveIndexConcurrently, in a migration that is not atomic",
    "constraint": "AddConstraintNotValid, and ValidateConstraint in the next migration",
    "validation": "a migration of its own, or atomic = False: the lock of what stands beside it is held meanwhile",
    "unique": "a unique index CONCURRENTLY, then ADD CONSTRAINT … USING INDEX, and the state by SeparateDatabaseAndState",
    "column": "null=True or db_default: the code before it writes rows without this column",
    "rewrite": "a constant db_default: any other is written into every row under a lock",
    "column-index": "db_index=False and AddIndexConcurrently, db_constraint=False and NOT VALID",
    "type": "another column, filled beside it; the old one goes a release later",
    "not-null": "a constraint NOT VALID, validated in the next migration",
    "gone": "leave it for a release in which no code names it any more (and say so in the exceptions)",
    "data": "atomic = False (of both), and a transaction for each few thousand rows",
    "wait": "atomic = False: whoever waits inside a transaction has others wait for what it holds",
    "sql": "CONCURRENTLY, NOT VALID, or nothing that goes through a table, and no DO block: nobody can look into it",
}
_SQL: Final = (
    re.compile(r"CREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)", re.IGNORECASE),
    re.compile(r"ALTER\s+COLUMN\s+\S+\s+((SET\s+DATA\s+)?TYPE|SET\s+NOT\s+NULL)", re.IGNORECASE),
    re.compile(
        r"\b(DROP\s+(TABLE|COLUMN)|RENAME|VACUUM\s+FULL|CLUSTER|REINDEX\s+(?!.*CONCURRENTLY))\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\bADD\s+(CONSTRAINT|CHECK|EXCLUDE|FOREIGN|PRIMARY|UNIQUE)\b(?!.*\b(NOT\s+VALID|USING\s+INDEX)\b)",
        re.IGNORECASE | re.DOTALL,
    ),
    re.compile(r"\bADD\s+COLUMN\b.*\b(CHECK|PRIMARY|REFERENCES|UNIQUE)\b", re.IGNORECASE | re.DOTALL),
    re.compile(r"^\s*(DELETE|DO|MERGE|UPDATE)\b", re.IGNORECASE),
    re.compile(r"^\s*INSERT\b.*\bSELECT\b", re.IGNORECASE | re.DOTALL),
    re.compile(
        r"^\s*WITH\b.*\b(DELETE\s+FROM|INSERT\s+INTO|MERGE\s+INTO|UPDATE)\b", re.IGNORECASE | re.DOTALL
    ),
)
_VALIDATES: Final = re.compile(r"\bVALIDATE\s+CONSTRAINT\b", re.IGNORECASE)
_WAITS: Final = re.compile(
    r"^\s*LOCK\b|\bpg_(try_)?advisory_\w*lock|\bpg_sleep|\bFOR\s+(NO\s+KEY\s+UPDATE|UPDATE|SHARE|KEY\s+SHARE)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Around:
    """What an operation stands in.

    Attributes:
        label: Its app's.
        is_atomic: Whether the migration is one transaction.
        is_alone: Whether there is nothing else in it.
        fresh: The tables that it makes, which are empty, and nobody else's.
    """

    label: str
    is_atomic: bool
    is_alone: bool
    fresh: set[str]


def faults(migration: Migration, before: ProjectState) -> Iterator[tuple[str, str]]:
    """Find `(rule, what)` of a migration, which is not changed.

    Args:
        migration: One of ours.
        before: The state of all models before it.
    """
    around = _Around(
        label=migration.app_label,
        is_atomic=migration.atomic,
        is_alone=_count(migration.operations) == 1,
        fresh=set(),
    )
    yield from _walked(migration.operations, before.clone(), around)


def _walked(all_of_them: Sequence[Any], state: ProjectState, around: _Around) -> Iterator[tuple[str, str]]:
    for operation in all_of_them:
        if isinstance(operation, operations.SeparateDatabaseAndState):
            # What it only says of the state touches no table.
            yield from _walked(operation.database_operations, state.clone(), around)
        else:
            yield from _faults(operation, state, around)
            if isinstance(operation, operations.CreateModel):
                name = f"{around.label}_{operation.name_lower}"
                around.fresh.add(operation.name_lower)
                around.fresh.add(str(operation.options.get("db_table", name)))
        operation.state_forwards(around.label, state)


def _count(all_of_them: Sequence[Any]) -> int:
    """Return how many do something in the database."""
    return sum(
        _count(each.database_operations) if isinstance(each, operations.SeparateDatabaseAndState) else 1
        for each in all_of_them
    )


def _faults(operation: Any, state: ProjectState, around: _Around) -> Iterator[tuple[str, str]]:
    model = str(getattr(operation, "model_name_lower", "") or getattr(operation, "name_lower", ""))
    if model in around.fresh:
        return
    match operation:
        case AddIndexConcurrently() | AddConstraintNotValid():
            if around.is_atomic and isinstance(operation, AddIndexConcurrently):
                yield "index", operation.index.name
        case operations.AddIndex():
            yield "index", operation.index.name
        case operations.AddConstraint():
            constraint = operation.deconstruct()[2]["constraint"]
            yield (
                "unique" if isinstance(constraint, models.UniqueConstraint) else "constraint",
                constraint.name,
            )
        case operations.AlterUniqueTogether():
            old = {
                tuple(each) for each in state.models[around.label, model].options.get("unique_together") or ()
            }
            for fields in sorted({tuple(each) for each in operation.option_value or ()} - old):
                yield "unique", ", ".join(fields)
        case ValidateConstraint() if around.is_atomic and not around.is_alone:
            yield "validation", str(operation.name)
        case operations.AddField():
            yield from _added(operation.name, operation.field)
        case operations.AlterField():
            old = state.models[around.label, model].fields[operation.name_lower]
            yield from _altered(operation.name, old, operation.field)
        case (
            operations.RemoveField()
            | operations.DeleteModel()
            | operations.RenameField()
            | operations.RenameModel()
            | operations.AlterModelTable()
        ):
            yield "gone", f"{model}.{getattr(operation, 'name', '')}"
        case operations.RemoveIndex() if type(operation) is operations.RemoveIndex:
            yield "index-removal", str(operation.name)
        case operations.RunPython() if around.is_atomic or operation.atomic:
            yield "data", str(getattr(operation.code, "__name__", "code"))
        case operations.RunSQL():
            yield from _stated(operation.sql, around)


def _added(name: str, field: Any) -> Iterator[tuple[str, str]]:
    if isinstance(field, models.ManyToManyField):
        return
    if not field.null and field.db_default is models.NOT_PROVIDED:
        yield "column", name
    if isinstance(field.db_default, models.Expression) and not isinstance(
        field.db_default, (models.Value, Now)
    ):
        yield "rewrite", name
    if field.unique or field.db_index or getattr(field, "db_constraint", False):
        yield "column-index", name
    named = field.clone()  # it knows its check by its name
    named.set_attributes_from_name(name)
    if named.db_check(connection):
        # `smallint CHECK (… >= 0)`: all rows are looked through, though none has a value.
        yield "constraint", name


def _altered(name: str, old: Any, new: Any) -> Iterator[tuple[str, str]]:
    if _type(old) != _type(new):
        yield "type", name
    if old.null and not new.null:
        yield "not-null", name
    gained = [
        flag
        for flag in ("unique", "db_index", "db_constraint")
        if getattr(new, flag, False) and not getattr(old, flag, False)
    ]
    if gained:
        yield "column-index", name


def _type(field: Any) -> Any:
    # Of a foreign key the other side's type counts, which a migration's state does not resolve.
    if isinstance(field, models.ForeignKey):
        return (type(field), str(field.remote_field.model).lower())
    return field.db_type(connection)


def _stated(sql: Any, around: _Around) -> Iterator[tuple[str, str]]:
    for statement in [sql] if isinstance(sql, str) else sql:
        # One with parameters is a pair.
        for part in _statements(statement if isinstance(statement, str) else statement[0]):
            what = " ".join(part.split())[:60]
            on_fresh = any(
                re.search(rf"\b{re.escape(table)}\b", part) for table in around.fresh if "_" in table
            )
            is_concurrent = re.search(r"\bCONCURRENTLY\b", part, re.IGNORECASE) is not None
            if (is_concurrent and around.is_atomic) or (
                not on_fresh and any(rule.search(part) for rule in _SQL)
            ):
                yield "sql", what
            if around.is_atomic and not around.is_alone and not on_fresh and _VALIDATES.search(part):
                yield "validation", what
            if around.is_atomic and _WAITS.search(part):
                yield "wait", what


def _statements(text: str) -> list[str]:
    """Split statements; the body of a function is no statement of the migration's, nor is a comment."""
    text = re.sub(r"(\$\w*\$).*?\1", "$$", text, flags=re.DOTALL)
    return re.sub(r"--[^\n]*|/\*.*?\*/", "", text, flags=re.DOTALL).split(";")
