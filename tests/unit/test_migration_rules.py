"""No migration of ours stops people at their work, or the release before it; and the rules see what would."""

import json
from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.apps import apps
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.functions import Now, Random

from tests.support.contracts import FOLDER
from tests.support.migration_rules import RULES, faults

# Tables that were made after the last release: whoever comes from it has them empty. Nothing is added to this list without
# the reason why its table is small or its lock short.
EMPTY_UNTIL_NOW: Final = {
    ("planning", "0002_charges_outlive_accounts", "index", "planning_charge_all"),
    ("planning", "0003_purged_tasks", "index-removal", "planning_breakdown_task"),
}
OURS: Final = {
    config.label
    for config in apps.get_app_configs()
    if config.name.split(".")[0] in {"taskengine", "realtime"}
}


def of_all() -> Iterator[tuple[str, str, str, str]]:
    """Yield what the rules find in all migrations of ours."""
    loader = MigrationLoader(None)
    for key in loader.graph._generate_plan(loader.graph.leaf_nodes(), at_end=True):
        if key[0] in OURS:
            before = loader.project_state(key, at_end=False)
            for rule, what in faults(loader.disk_migrations[key], before):
                yield *key, rule, what


def test_migrations_stop_nobody() -> None:
    found = set(of_all())
    new = found - EMPTY_UNTIL_NOW
    words = [f"{app}.{name}: {what}. Instead: {RULES[rule]}" for app, name, rule, what in sorted(new)]
    assert not new, "\n".join(words)
    assert found >= EMPTY_UNTIL_NOW, "an exception that excuses nothing"
    of_the_release = json.loads((FOLDER / "schema-0.1.0.json").read_text())["tables"]
    for app, *_ in EMPTY_UNTIL_NOW:
        assert not [table for table in of_the_release if table.startswith(f"{app}_")], "one that is not empty"


def in_one(*operations: Any, atomic: bool = True) -> list[str]:
    """Return the rules that are broken by a migration of a table with a number and an empty word."""
    state = ProjectState()
    fields: list[tuple[str, Any]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("size", models.IntegerField(null=True)),
    ]
    state.add_model(ModelState("shop", "Thing", fields))
    migration = Migration("0002_change", "shop")
    vars(migration).update(operations=list(operations), atomic=atomic)
    return [rule for rule, _ in faults(migration, state)]


INDEX: Final = models.Index(fields=["size"], name="shop_size")
UNIQUE: Final = models.UniqueConstraint(fields=["size"], name="shop_once")
CHECK: Final = models.CheckConstraint(condition=models.Q(size__gt=0), name="shop_large")


def sql(text: str) -> Any:
    """Return an operation that says this."""
    return migrations.RunSQL(text)


def add(**options: Any) -> Any:
    """Return an operation that adds a column."""
    return migrations.AddField("thing", "colour", models.IntegerField(**options))


@pytest.mark.parametrize(
    ("operation", "rules"),
    [
        (migrations.AddIndex("thing", INDEX), ["index"]),
        (AddIndexConcurrently("thing", INDEX), ["index"]),  # in a transaction it fails
        (migrations.AddConstraint("thing", CHECK), ["constraint"]),
        (AddConstraintNotValid("thing", CHECK), []),
        (migrations.AddConstraint("thing", UNIQUE), ["unique"]),
        (migrations.AlterUniqueTogether("thing", {("id", "size")}), ["unique"]),
        (migrations.AlterUniqueTogether("thing", set()), []),
        (add(), ["column"]),
        (add(default=3), ["column"]),  # Django's default is not there for the old code's INSERT
        (add(null=True), []),
        (add(db_default=3), []),
        (add(db_default=Now()), []),
        (add(db_default=Random()), ["rewrite"]),
        (add(null=True, db_index=True), ["column-index"]),
        (migrations.AddField("thing", "box", models.PositiveIntegerField(null=True)), ["constraint"]),
        (migrations.AlterField("thing", "size", models.IntegerField()), ["not-null"]),
        (migrations.AlterField("thing", "size", models.TextField(null=True)), ["type"]),
        (
            migrations.AlterField("thing", "size", models.IntegerField(null=True, unique=True)),
            ["column-index"],
        ),
        (migrations.AlterField("thing", "size", models.IntegerField(null=True, help_text="cm")), []),
        (migrations.RemoveField("thing", "size"), ["gone"]),
        (migrations.RenameField("thing", "size", "length"), ["gone"]),
        (migrations.DeleteModel("Thing"), ["gone"]),
        (migrations.RunPython(migrations.RunPython.noop), ["data"]),
        (migrations.RunSQL("CREATE INDEX shop_size ON shop_thing (size)"), ["sql"]),
        (migrations.RunSQL("SELECT 1; ALTER TABLE shop_thing ADD CONSTRAINT a CHECK (size > 0)"), ["sql"]),
        (migrations.RunSQL("ALTER TABLE shop_thing ADD CONSTRAINT a CHECK (size > 0) NOT VALID"), []),
        (migrations.RunSQL("ALTER TABLE shop_thing ALTER COLUMN size SET NOT NULL"), ["sql"]),
        (sql("UPDATE shop_thing SET size = 1"), ["sql"]),
        (migrations.RunSQL([("UPDATE shop_thing SET size = %s", [1])]), ["sql"]),
        (sql("-- All of them.\nUPDATE shop_thing SET size = 1"), ["sql"]),
        (sql("/* All of\nthem. */ DELETE FROM shop_thing"), ["sql"]),
        (sql("INSERT INTO shop_log\nSELECT id FROM shop_thing"), ["sql"]),
        (sql("INSERT INTO shop_log VALUES (1)"), []),
        (sql("WITH old AS (SELECT 1) UPDATE shop_thing SET size = 1"), ["sql"]),
        (sql("DO $do$ BEGIN UPDATE shop_thing SET size = 1; END $do$"), ["sql"]),
        (sql("CREATE FUNCTION f() RETURNS int AS $body$ BEGIN UPDATE a SET b = 1; END $body$"), []),
        (sql("ALTER TABLE shop_thing ADD UNIQUE (size)"), ["sql"]),
        (sql("ALTER TABLE shop_thing ADD CONSTRAINT a UNIQUE USING INDEX shop_once"), []),
        (sql("ALTER TABLE shop_thing ADD COLUMN box int REFERENCES shop_box"), ["sql"]),
        (sql("ALTER TABLE shop_thing ADD COLUMN box int"), []),
        (sql("LOCK TABLE shop_thing"), ["wait"]),
        (sql("SELECT pg_advisory_xact_lock(1)"), ["wait"]),
        (sql("SELECT FROM shop_thing FOR UPDATE"), ["wait"]),
        (sql("SELECT pg_sleep(1)"), ["wait"]),
        (ValidateConstraint("thing", "a"), []),
    ],
)
def test_a_rule_sees_what_would_stop_somebody(operation: Any, rules: list[str]) -> None:
    assert in_one(operation) == rules


def test_what_is_made_new_may_be_made_in_any_way() -> None:
    new = migrations.CreateModel("Box", [("id", models.BigAutoField(primary_key=True))])
    index = models.Index(fields=["id"], name="shop_box")
    assert (
        in_one(new, migrations.AddIndex("box", index), migrations.RunSQL("CREATE INDEX b ON shop_box (id)"))
        == []
    )
    assert (
        in_one(
            AddIndexConcurrently("thing", INDEX),
            migrations.RunPython(migrations.RunPython.noop),
            atomic=False,
        )
        == []
    )


def within(*database: Any, state: Any = ()) -> Any:
    """Return an operation that does something else in the database than it says of the models."""
    return migrations.SeparateDatabaseAndState(database_operations=database, state_operations=state)


def test_what_is_done_in_the_database_alone_is_seen_and_what_is_only_said_of_the_models_is_not() -> None:
    assert in_one(within(migrations.AddIndex("thing", INDEX))) == ["index"]
    assert in_one(within(within(sql("UPDATE shop_thing SET size = 1")))) == ["sql"]
    assert (
        in_one(within(state=[migrations.RemoveField("thing", "size"), migrations.AddIndex("thing", INDEX)]))
        == []
    )
    # A table that is only said to be new is as large as it is.
    said = migrations.CreateModel("Box", [("id", models.BigAutoField(primary_key=True))])
    index = models.Index(fields=["id"], name="shop_box")
    assert in_one(within(state=[said]), migrations.AddIndex("box", index)) == ["index"]
    assert in_one(within(said, state=[said]), migrations.AddIndex("box", index)) == []


def test_a_unique_constraint_is_built_beside_reads_and_writes() -> None:
    index = sql("CREATE UNIQUE INDEX CONCURRENTLY shop_once ON shop_thing (size)")
    taken = sql("ALTER TABLE shop_thing ADD CONSTRAINT shop_once UNIQUE USING INDEX shop_once")
    steps = within(index, taken, state=[migrations.AddConstraint("thing", UNIQUE)])
    assert in_one(steps, atomic=False) == []
    assert in_one(steps) == ["sql"], "in a transaction it can't be built so"


@pytest.mark.parametrize(
    "validation",
    [ValidateConstraint("thing", "a"), sql("ALTER TABLE shop_thing VALIDATE CONSTRAINT a")],
)
def test_a_constraint_is_not_checked_under_the_lock_that_it_was_added_by(validation: Any) -> None:
    unchecked = AddConstraintNotValid("thing", CHECK)
    assert in_one(unchecked, validation) == ["validation"]
    assert in_one(within(unchecked, validation)) == ["validation"]
    assert in_one(add(null=True), validation) == ["validation"]
    assert in_one(unchecked, validation, atomic=False) == []
    assert in_one(validation) == []


def test_rows_are_filled_in_by_the_thousand_and_in_no_transaction_of_all() -> None:
    noop = migrations.RunPython.noop
    assert in_one(migrations.RunPython(noop, atomic=True), atomic=False) == ["data"]
    assert in_one(migrations.RunPython(noop), atomic=False) == []
    # Alone it holds nothing; within a transaction, what came before it.
    assert in_one(sql("SELECT pg_sleep(1)"), atomic=False) == []
