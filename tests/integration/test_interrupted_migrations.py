"""A migration that is no transaction, and was interrupted, can be run again."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.integration.test_migrations import migrate


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("before", "step"),
    [
        (("tasks", "0001_initial"), ("tasks", "0002_parents_and_estimates")),
        (("accounts", "0005_personal_token"), ("accounts", "0006_audit_and_deletion")),
    ],
    ids=lambda node: ".".join(node),
)
def test_a_step_from_the_first_release_is_run_again_wherever_it_was_interrupted(
    before: tuple[str, str], step: tuple[str, str]
) -> None:
    newest = MigrationExecutor(connection).loader.graph.leaf_nodes()
    try:
        migrate([before])
        interrupted_after = 1
        while interrupted(step, after=interrupted_after):
            migrate([step])
            migrate([before])
            interrupted_after += 1
    finally:
        migrate(newest)
    assert interrupted_after > 5, "each of its statements"


def interrupted(step: tuple[str, str], *, after: int) -> bool:
    """Carry a migration out, and have it end after so many of its statements; return False if there are fewer."""
    said = 0

    def execute(go_on: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        nonlocal said
        result = go_on(sql, params, many, context)
        if any(word in str(sql) for word in ("ALTER", "CREATE", "DROP")):
            said += 1
            if said == after:
                raise KeyboardInterrupt
        return result

    try:
        with connection.execute_wrapper(execute):
            migrate([step])
    except KeyboardInterrupt:
        return True
    return False
