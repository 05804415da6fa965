"""`/api/v1/sync/`: what the socket brings, for those who have none."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from realtime import history, outbox, retention
from realtime.models import Stream
from taskengine.accounts.models import User
from taskengine.planning import queries as planning_queries
from taskengine.tasks import queries
from tests.support import state
from tests.support.accounts import AppClient, signed_up
from tests.support.breakdowns import ask
from tests.support.people import make_person, make_task, update

pytestmark = pytest.mark.django_db

SYNC = "/api/v1/sync/"
FIELDS = {"epoch", "head", "server_time", "snapshot", "events", "next_cursor", "next_since", "has_more"}


@pytest.fixture
def ada() -> AppClient:
    return signed_up()


@pytest.fixture
def person(ada: AppClient) -> User:
    return User.objects.get(email="ada@example.org")


def sync(client: AppClient, **asked: Any) -> dict[str, Any]:
    """Ask, and expect an answer."""
    response = client.send("GET", f"{SYNC}?{urlencode(asked)}")
    assert response.status_code == 200, response.content
    answer: dict[str, Any] = response.json()
    assert set(answer) == FIELDS
    return answer


def refused(client: AppClient, **asked: Any) -> tuple[int, str]:
    """Ask, and expect a problem."""
    response = client.send("GET", f"{SYNC}?{urlencode(asked)}")
    assert response["Content-Type"] == "application/problem+json"
    return response.status_code, response.json()["code"]


def trim(person: User, *, first: int) -> None:
    """Trim all events before `first`."""
    head = outbox.heads([person.pk])[person.pk]
    retention.trim(before=datetime(2000, 1, 1, tzinfo=UTC), keep=head.seq - first + 1)
    assert outbox.heads([person.pk])[person.pk].min_seq == first


def test_who_has_nothing_gets_a_snapshot_and_then_what_follows(ada: AppClient, person: User) -> None:
    empty = sync(ada)
    assert (empty["head"], empty["events"]) == (0, [])
    task = make_task(person, "Send invoice")
    first = _whole_snapshot(ada)
    assert [item["data"]["title"] for item in first["snapshot"]] == ["Send invoice"]
    assert (first["next_since"], first["has_more"]) == (1, False)

    update(person, task, title="Send the invoice")
    following = sync(ada, since=1, epoch=first["epoch"])

    assert following["snapshot"] is None
    assert [event["seq"] for event in following["events"]] == [2]
    assert (following["head"], following["next_since"], following["has_more"]) == (2, 2, False)
    assert sync(ada, since=2, epoch=first["epoch"])["events"] == []


def _whole_snapshot(client: AppClient) -> dict[str, Any]:
    """Walk through a snapshot; return its last answer, with all items in it."""
    answer = sync(client)
    items = answer["snapshot"]
    while answer["next_cursor"]:
        assert answer["next_since"] is None
        assert answer["has_more"]
        answer = sync(client, cursor=answer["next_cursor"])
        items += answer["snapshot"]
    return {**answer, "snapshot": items}


def test_its_events_are_those_of_the_socket_to_the_letter(ada: AppClient, person: User) -> None:
    task = make_task(person)
    update(person, task, title="Grüße, 世界")
    epoch = sync(ada)["epoch"]
    read = outbox.read([(person.pk, 0)])[person.pk, 0]
    assert sync(ada, since=0, epoch=epoch)["events"] == [orjson.loads(text) for _, text in read]


def test_a_long_history_comes_in_pages(ada: AppClient, person: User) -> None:
    for number in range(7):
        make_task(person, f"Task {number}")
    epoch, since, pages = sync(ada)["epoch"], 0, []
    while True:
        page = sync(ada, since=since, epoch=epoch, limit=3)
        pages.append([event["seq"] for event in page["events"]])
        since = page["next_since"]
        if not page["has_more"]:
            break
    assert pages == [[1, 2, 3], [4, 5, 6], [7]]


def test_a_page_of_long_events_ends_early(ada: AppClient, person: User) -> None:
    long = "x" * 9_000
    for _ in range(60):
        make_task(person, notes=long)
    page = sync(ada, since=0, epoch=sync(ada)["epoch"])
    assert page["has_more"]
    assert 20 <= len(page["events"]) <= 40
    assert page["next_since"] == len(page["events"])


def test_a_snapshot_comes_in_pages_with_what_changed_meanwhile_after_it(
    ada: AppClient, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for queries_of in (queries, planning_queries):
        monkeypatch.setattr(queries_of, "SNAPSHOT_PAGE_ROWS", 2)
    tasks = [make_task(person, f"Task {number}") for number in range(5)]
    ask(person, "Learn to swim")
    first = sync(ada)
    for task in tasks:
        update(person, task, title="Changed")
    make_task(person, "New")
    kept = state.from_snapshot(first["snapshot"])
    answer = first
    while answer["next_cursor"]:
        answer = sync(ada, cursor=answer["next_cursor"])
        kept |= state.from_snapshot(answer["snapshot"])
    assert answer["next_since"] == 6
    assert answer["has_more"]
    for event in sync(ada, since=6, epoch=answer["epoch"])["events"]:
        state.apply(kept, event)
    now = datetime.now(UTC) + timedelta(hours=1)
    fresh = state.from_snapshot(_whole_snapshot(ada)["snapshot"])
    assert state.as_of(kept, now) == state.as_of(fresh, now)


# --- What is gone ---------------------------------------------------------------------------------


def test_what_was_trimmed_is_gone_and_what_was_not_is_there(ada: AppClient, person: User) -> None:
    for _ in range(5):
        make_task(person)
    epoch = sync(ada)["epoch"]
    trim(person, first=4)

    assert refused(ada, since=2, epoch=epoch) == (410, "history_trimmed")
    assert [event["seq"] for event in sync(ada, since=3, epoch=epoch)["events"]] == [4, 5]
    assert len(_whole_snapshot(ada)["snapshot"]) == 5


@pytest.mark.parametrize("asked", [{"since": 0, "epoch": "another"}, {"since": 2}])
def test_another_history_is_gone(ada: AppClient, person: User, asked: dict[str, Any]) -> None:
    make_task(person)
    epoch = sync(ada)["epoch"]
    assert refused(ada, **{"epoch": epoch, **asked}) == (410, "unknown_epoch")


def test_a_snapshot_whose_history_is_trimmed_meanwhile_is_gone_too(
    ada: AppClient, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "SNAPSHOT_PAGE_ROWS", 2)
    for _ in range(5):
        make_task(person)
    cursor = sync(ada)["next_cursor"]
    make_task(person)
    trim(person, first=6)
    assert sync(ada, cursor=cursor)["snapshot"], "the events after it are all there"
    trim(person, first=7)
    assert refused(ada, cursor=cursor) == (410, "history_trimmed")

    Stream.objects.filter(id=person.pk).update(epoch="another")
    assert refused(ada, cursor=cursor) == (410, "unknown_epoch")


def test_what_is_trimmed_between_head_and_events_is_noticed(
    ada: AppClient, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(4):
        make_task(person)
    epoch = sync(ada)["epoch"]
    read = outbox.read

    def after_a_trim(wanted: Any) -> Any:
        trim(person, first=3)
        return read(wanted)

    monkeypatch.setattr(history, "read", after_a_trim)
    assert refused(ada, since=1, epoch=epoch) == (410, "history_trimmed")


# --- Who may ask, and what ------------------------------------------------------------------------


def test_a_stranger_learns_nothing(ada: AppClient, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queries, "SNAPSHOT_PAGE_ROWS", 1)
    for _ in range(3):
        make_task(person, "Ada's secret")
    hers = sync(ada)
    eve = signed_up("eve@example.org")
    make_task(make_person("bob"), "Bob's secret")

    assert AppClient().send("GET", SYNC).status_code == 401
    own = sync(eve)
    assert (own["head"], own["events"], own["snapshot"]) == (0, [], [])
    assert refused(eve, since=0, epoch=hers["epoch"]) == (410, "unknown_epoch")
    assert refused(eve, cursor=hers["next_cursor"]) == (400, "invalid")
    assert "Bob" not in str(_whole_snapshot(ada))


@pytest.mark.parametrize(
    "asked",
    [
        {"since": 1},
        {"epoch": "e"},
        {"since": -1, "epoch": "e"},
        {"since": "x", "epoch": "e"},
        {"since": 2**63, "epoch": "e"},
        {"since": 1, "epoch": "e", "cursor": "c"},
        {"cursor": "made up"},
        {"limit": 0},
        {"limit": 101},
        {"nonsense": 1},
        {"stream": str(uuid.uuid4())},
    ],
)
def test_what_can_not_be_asked_is_refused(ada: AppClient, asked: dict[str, Any]) -> None:
    assert refused(ada, **asked) == (400, "invalid")


def test_events_take_two_queries_however_many_they_are(ada: AppClient, person: User) -> None:
    epoch = sync(ada)["epoch"]
    costs = []
    for count in (1, 20):
        for _ in range(count):
            make_task(person)
        costs.append(_queries(ada, since=0, epoch=epoch))
    assert costs[0] == costs[1]


def _queries(client: AppClient, **asked: Any) -> int:

    with CaptureQueriesContext(connection) as captured:
        sync(client, **asked)
    return len(captured)
