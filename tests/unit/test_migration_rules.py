"""No migration of ours stops people at their work, or the release before it; and the rules see what would."""

from collections.abc import Iterator
from typing import Any, Final

import pytest
from django.apps import apps
from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.migrations import Migration
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ModelState, ProjectState
from django.db.models.functions import Now, Random

from tests.support.migration_rules import RULES, faults

# Before the first release there is nobody whose work could stop. Nothing is added to this list without the reason why
# its table is small or its lock short.
OF_THE_FIRST_RELEASE: Final = {
    ("accounts", "0006_audit_and_deletion", "index", "accounts_user_deleted"),
    ("accounts", "0006_audit_and_deletion", "index", "accounts_user_staff"),
    ("accounts", "0006_audit_and_deletion", "constraint", "accounts_user_gone"),
    ("planning", "0002_charges_outlive_accounts", "index", "planning_charge_all"),
    ("planning", "0003_purged_tasks", "index-removal", "planning_breakdown_task"),
    ("tasks", "0002_parents_and_estimates", "column-index", "parent"),
    ("tasks", "0002_parents_and_estimates", "index", "tasks_task_children"),
    ("tasks", "0002_parents_and_estimates", "constraint", "tasks_task_estimate"),
    ("tasks", "0002_parents_and_estimates", "constraint", "tasks_task_parent"),
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
    new = found - OF_THE_FIRST_RELEASE
    words = [f"{app}.{name}: {what}. Instead: {RULES[rule]}" for app, name, rule, what in sorted(new)]
    assert not new, "\n".join(words)
    assert found >= OF_THE_FIRST_RELEASE, "an exception that excuses nothing"


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
CHECK: Final = models.CheckConstraint(condition=models.Q(size__gt=0), name="shop_large")


def add(**options: Any) -> Any:
    """Return an operation that adds a column."""
    return migrations.AddField("thing", "colour", models.IntegerField(**options))


@pytest.mark.parametrize(
    ("operation", "rules"),
    [
        (migrations.AddIndex("thing", INDEX), ["index"]),
        (AddIndexConcurrently("thing", INDEX), ["index"]),  # in a transaction it fails
        (migrations.AddConstraint("thing", CHECK), ["constraint"]),
        (add(), ["column"]),
        (add(default=3), ["column"]),  # Django's default is not there for the old code's INSERT
        (add(null=True), []),
        (add(db_default=3), []),
        (add(db_default=Now()), []),
        (add(db_default=Random()), ["rewrite"]),
        (add(null=True, db_index=True), ["column-index"]),
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
        (migrations.RunSQL("UPDATE shop_thing SET size = 1"), ["sql"]),
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
