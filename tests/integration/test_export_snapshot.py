"""An export is as of one instant, whatever is written beside it, and nothing waits for it."""

import io
import threading
from collections.abc import Callable
from typing import Any

import orjson
import pytest
from django.db import connection

from taskengine import clock
from taskengine.portability import export
from tests.support.people import make_person, make_project, make_task

pytestmark = pytest.mark.django_db(transaction=True)


class _Interrupted(io.BytesIO):
    """A file in the middle of which something else happens, in a connection of its own."""

    def __init__(self, meanwhile: Callable[[], None]) -> None:
        super().__init__()
        self._meanwhile: Callable[[], None] | None = meanwhile

    def write(self, piece: Any) -> int:
        if b'"labels":[' in piece and self._meanwhile is not None:
            meanwhile, self._meanwhile = self._meanwhile, None
            thread = threading.Thread(target=meanwhile)
            thread.start()
            thread.join(10)
            assert not thread.is_alive(), "a write waited for the export"
        return super().write(piece)


def test_what_is_written_meanwhile_is_not_in_it_by_half(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "_PAGE_ROWS", 2)
    ada = make_person()
    for number in range(5):
        make_task(ada, f"Before {number}")

    def meanwhile() -> None:
        project = make_project(ada, "Meanwhile")
        make_task(ada, "Meanwhile", project=project.id)
        connection.close()

    file = _Interrupted(meanwhile)
    export.write_backup(file, user=ada, now=clock.now())
    document = orjson.loads(file.getvalue())
    assert document["projects"] == []
    assert sorted(task["title"] for task in document["tasks"]) == [f"Before {number}" for number in range(5)]
    make_task(ada, "After")  # the connection writes again
