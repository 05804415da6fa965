"""What a migration must not do while people are at work, and while the release before it still runs.

A deploy migrates first and then replaces the processes one by one. So no statement may hold a lock for as long as a
table is large (that many writes would wait), and what the old code writes and reads has to be there still.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

from django.contrib.postgres.operations import AddConstraintNotValid, AddIndexConcurrently
from django.db import connection, models
from django.db.migrations import Migration, operations
from django.db.migrations.state import ProjectState
from django.db.models.functions import Now

# Rule: what to do instead.
RULES: Final = {
    "index": "AddIndexConcurrently, in a migration that is not atomic",
    "index-removal": "RemoveIndexConcurrently, in a migration that is not atomic",
    "constraint": "AddConstraintNotValid, and ValidateConstraint in the next migration",
    "column": "null=True or db_default: the code before it writes rows without this column",
    "rewrite": "a constant db_default: any other is written into every row under a lock",
    "column-index": "db_index=False and AddIndexConcurrently, db_constraint=False and NOT VALID",
    "type": "another column, filled beside it; the old one goes a release later",
    "not-null": "a constraint NOT VALID, validated in the next migration",
    "gone": "leave it for a release in which no code names it any more (and say so in the exceptions)",
    "data": "atomic = False, and a transaction for each few thousand rows",
    "sql": "CONCURRENTLY, NOT VALID, or nothing that goes through a table",
}
_SQL: Final = (
    re.compile(r"CREATE\s+(UNIQUE\s+)?INDEX\s+(?!CONCURRENTLY)", re.IGNORECASE),
    re.compile(r"ALTER\s+COLUMN\s+\S+\s+((SET\s+DATA\s+)?TYPE|SET\s+NOT\s+NULL)", re.IGNORECASE),
    re.compile(
        r"\b(DROP\s+(TABLE|COLUMN)|RENAME|VACUUM\s+FULL|CLUSTER|REINDEX\s+(?!.*CONCURRENTLY))\b",
        re.IGNORECASE,
    ),
    re.compile(r"\bADD\s+CONSTRAINT\b(?!.*\bNOT\s+VALID\b)", re.IGNORECASE | re.DOTALL),
    re.compile(r"^\s*(UPDATE|DELETE)\b", re.IGNORECASE),
)


def faults(migration: Migration, before: ProjectState) -> Iterator[tuple[str, str]]:
    """Find `(rule, what)` of a migration, which is not changed.

    Args:
        migration: One of ours.
        before: The state of all models before it.
    """
    state = before.clone()
    label = migration.app_label
    fresh: set[str] = set()  # tables that it makes are empty, and nobody else's
    for operation in migration.operations:
        yield from _faults(operation, label, state, fresh, is_atomic=migration.atomic)
        if isinstance(operation, operations.CreateModel):
            fresh.add(operation.name_lower)
            fresh.add(str(operation.options.get("db_table", f"{label}_{operation.name_lower}")))
        operation.state_forwards(label, state)


def _faults(
    operation: Any, label: str, state: ProjectState, fresh: set[str], *, is_atomic: bool
) -> Iterator[tuple[str, str]]:
    model = str(getattr(operation, "model_name_lower", "") or getattr(operation, "name_lower", ""))
    if model in fresh:
        return
    match operation:
        case AddIndexConcurrently() | AddConstraintNotValid():
            if is_atomic and isinstance(operation, AddIndexConcurrently):
                yield "index", operation.index.name
        case operations.AddIndex():
            yield "index", operation.index.name
        case operations.AddConstraint():
            yield "constraint", operation.deconstruct()[2]["constraint"].name
        case operations.AddField():
            yield from _added(operation.name, operation.field)
        case operations.AlterField():
            old = state.models[label, model].fields[operation.name_lower]
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
        case operations.RunPython() if is_atomic:
            yield "data", str(getattr(operation.code, "__name__", "code"))
        case operations.RunSQL():
            yield from _stated(operation.sql, fresh, is_atomic=is_atomic)


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


def _stated(sql: Any, fresh: set[str], *, is_atomic: bool) -> Iterator[tuple[str, str]]:
    for statement in [sql] if isinstance(sql, str) else sql:
        for part in _statements(str(statement)):
            on_fresh = any(re.search(rf"\b{re.escape(table)}\b", part) for table in fresh if "_" in table)
            is_concurrent = re.search(r"\bCONCURRENTLY\b", part, re.IGNORECASE) is not None
            if (is_concurrent and is_atomic) or (not on_fresh and any(rule.search(part) for rule in _SQL)):
                yield "sql", " ".join(part.split())[:60]


def _statements(text: str) -> list[str]:
    """Split statements; the body of a function is no statement of the migration's."""
    return re.sub(r"\$\$.*?\$\$", "$$", text, flags=re.DOTALL).split(";")
