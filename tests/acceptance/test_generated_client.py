"""A client that openapi-python-client makes of the document does what its author expects, against a running server."""

import asyncio
import importlib
import subprocess
import sys
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.support.client import Client
from tests.support.servers import ROOT, Server

pytestmark = pytest.mark.untimed

PACKAGE = "generated_taskengine"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the package, made of `docs/openapi.yaml` without a warning."""
    folder = tmp_path_factory.mktemp("generated")
    configuration = folder / "configuration.yaml"
    configuration.write_text(
        "post_hooks: []\n"  # it would look for a formatter
        "content_type_overrides: {text/csv: application/octet-stream}\n"  # it knows files, but not of what kind
    )
    done = subprocess.run(
        [
            *(Path(sys.executable).parent / "openapi-python-client", "generate", "--fail-on-warning"),
            *("--path", ROOT / "docs" / "openapi.yaml", "--meta", "none", "--config", configuration),
            *("--output-path", folder / PACKAGE),
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


@pytest.fixture
def part(generated: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Any]:
    """Import a module of the package: `part("api.tasks.tasks_list")`."""
    monkeypatch.syspath_prepend(str(generated))
    return lambda name: importlib.import_module(f"{PACKAGE}.{name}")


def test_every_operation_became_a_function(part: Callable[[str], Any], generated: Path) -> None:
    made = sorted((generated / PACKAGE / "api").glob("*/[!_]*.py"))
    assert len(made) > 40
    for path in made:
        assert callable(part(f"api.{path.parent.name}.{path.stem}").sync_detailed)


def test_it_signs_in_and_makes_lists_changes_completes_and_deletes_a_task(
    part: Callable[[str], Any], start_server: Callable[..., Server]
) -> None:
    server = start_server()
    token = asyncio.run(Client.sign_up(server.url)).token
    models = part("models")
    with part("client").AuthenticatedClient(
        base_url=server.url, token=token, raise_on_unexpected_status=True
    ) as client:

        def ask(name: str, *path: Any, **arguments: Any) -> Any:
            return part(f"api.{name}").sync_detailed(*path, client=client, **arguments)

        me = ask("users.users_me_retrieve").parsed
        assert me.email.endswith("@example.org")

        deadline = datetime.now(UTC) + timedelta(days=2)
        key = str(uuid.uuid4())
        new = models.TaskCreateRequest(
            title="Send invoice", notes="Two pages.", deadline=deadline, priority=1
        )
        first, again = (ask("tasks.tasks_create", body=new, idempotency_key=key) for _ in range(2))
        task = first.parsed
        assert (first.status_code, task.title, task.deadline, task.priority) == (
            201,
            "Send invoice",
            deadline,
            1,
        )
        assert again.parsed == task
        assert first.headers["Operation-Id"] == key

        listed = ask("tasks.tasks_list", bucket=models.BucketEnum.UPCOMING, limit=10).parsed
        assert listed.results == [task]
        assert listed.next_cursor is None

        cleared = ask(
            "tasks.tasks_update", task.id, body=models.PatchedTaskWriteRequest(deadline=None)
        ).parsed
        assert (cleared.deadline, cleared.notes, cleared.priority) == (None, "Two pages.", 1)

        completed = ask("tasks.tasks_complete", task.id, body=models.CompleteRequest()).parsed
        assert completed.bucket == models.BucketEnum.COMPLETED
        assert ask("tasks.tasks_summary").parsed.completed == 1

        assert ask("tasks.tasks_destroy", task.id).status_code == 204
        gone = ask("tasks.tasks_retrieve", task.id)
        assert (gone.status_code, gone.parsed.code) == (404, "task_not_found")

        refused = ask("tasks.tasks_create", body=models.TaskCreateRequest(title=" "))
        assert [(each.pointer, each.code) for each in refused.parsed.errors] == [("/title", "blank")]

        undone = ask("operations.undo", body=models.UndoRequest(op_id=uuid.UUID(key)))
        assert undone.parsed.code == "undo_conflict"

    with part("client").AuthenticatedClient(base_url=server.url, token="nobodys") as stranger:
        refused = part("api.tasks.tasks_list").sync_detailed(client=stranger)
        assert (refused.status_code, refused.parsed.code) == (401, "invalid_token")
