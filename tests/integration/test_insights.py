"""What a person's tasks say together: read in a few statements that see one moment."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from taskengine import clock as engine_clock
from taskengine.accounts.models import User
from taskengine.accounts.services import update_user
from taskengine.insights import queries
from taskengine.insights.reading import insights
from taskengine.tasks import services
from tests.support.accounts import AppClient, signed_up
from tests.support.people import do, make_person, make_task, make_token, move_to_zone, update

INSIGHTS = "/api/v1/insights/"
NOON = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)  # a Wednesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
STATEMENTS = 6  # and the one that makes them see one moment


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Noon, standing still."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def client(clock: time_machine.Traveller, db: None) -> AppClient:
    """Ada, by a token that outlives what the clock is moved by."""
    asks = signed_up()
    asks.access = make_token(User.objects.get(email="ada@example.org"))[1]
    return asks


@pytest.fixture
def ada(client: AppClient) -> User:
    """Ada."""
    return User.objects.get(email="ada@example.org")


def read(client: AppClient) -> Any:
    """Return the insights."""
    response = client.send("GET", INSIGHTS)
    assert response.status_code == 200, response.content
    return response.json()


def completed(person: User, at: datetime, **fields: Any) -> None:
    """Make a task that is completed at an instant."""
    task = make_task(person, **fields)
    with time_machine.travel(at, tick=False):
        do(person, services.complete_task, task)


# --- What it says -----------------------------------------------------------------------------------


def test_an_empty_account_has_all_shapes_and_nothing_in_them(client: AppClient) -> None:
    found = read(client)
    assert found["buckets"] == {"upcoming": 0, "missed": 0, "completed": 0}
    assert found["soon"] == {"tasks": [], "more": 0}
    assert found["next_transition_at"] is None
    assert (len(found["load"]), len(found["weeks"]), len(found["lateness"])) == (14, 12, 7)
    assert [len(row) for row in found["missed_by_hour"]] == [24] * 7
    assert found["forecast"] is None
    assert found["as_of"] == "2026-11-25T12:00:00.000000Z"


def test_the_buckets_are_those_of_the_summary_at_any_instant(
    client: AppClient, ada: User, clock: time_machine.Traveller
) -> None:
    make_task(make_person("eve"), deadline=NOON + HOUR)
    make_task(ada)
    make_task(ada, deadline=NOON + HOUR)
    do(ada, services.complete_task, make_task(ada))
    do(ada, services.delete_task, make_task(ada, deadline=NOON + HOUR))
    found: Any = None
    for at in (NOON, NOON + HOUR - timedelta(microseconds=1), NOON + HOUR):
        clock.move_to(at)
        summary = client.send("GET", "/api/v1/tasks/summary/").json()
        found = read(client)
        assert found["buckets"] == {name: summary[name] for name in ("upcoming", "missed", "completed")}
        assert found["next_transition_at"] == summary["next_transition_at"]
    assert found["buckets"] == {"upcoming": 1, "missed": 1, "completed": 1}


def test_what_falls_due_within_a_day_comes_with_the_count_of_the_rest(
    client: AppClient, ada: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "MAX_SOON", 2)
    last = make_task(ada, "Last", deadline=NOON + DAY)
    first = make_task(ada, "First", deadline=NOON + HOUR, priority=1, estimate_min=30)
    make_task(ada, "Too late", deadline=NOON + DAY + timedelta(microseconds=1))
    make_task(ada, "Over", deadline=NOON)
    make_task(ada, "Whenever")
    assert [task["title"] for task in read(client)["soon"]["tasks"]] == ["First", "Last"]
    make_task(ada, "Second", due_date=date(2026, 11, 25))
    found = read(client)["soon"]
    assert [(task["title"], task["due_date"]) for task in found["tasks"]] == [
        ("First", None), ("Second", "2026-11-25"),
    ]  # fmt: skip
    assert found["more"] == 1
    assert found["tasks"][0] == {
        "id": str(first.id),
        "title": "First",
        "deadline": "2026-11-25T13:00:00.000000Z",
        "due_date": None,
        "priority": 1,
        "estimate_min": 30,
    }
    do(ada, services.complete_task, last)
    assert read(client)["soon"]["more"] == 0


def test_the_load_is_what_is_due_on_a_day_against_the_persons_hours(client: AppClient, ada: User) -> None:
    update_user(
        user=ada, fields={"working_hours": {"wed": [["09:00", "17:00"]], "thu": [["09:00", "12:00"]]}}
    )
    make_task(ada, deadline=NOON + HOUR, estimate_min=45)
    make_task(ada, due_date=date(2026, 11, 26), estimate_min=30)  # the day's end is midnight of the next
    make_task(ada, deadline=datetime(2026, 11, 27, 0, 0, tzinfo=UTC), estimate_min=60)
    make_task(ada, deadline=NOON + DAY)
    make_task(ada, deadline=NOON - HOUR, estimate_min=500)
    whole = make_task(ada, deadline=NOON + DAY, estimate_min=600)
    make_task(ada, deadline=NOON + DAY, estimate_min=20, parent=whole.id)
    make_task(ada, due_date=date(2026, 12, 8), estimate_min=15)
    make_task(ada, due_date=date(2026, 12, 9), estimate_min=15)
    load = read(client)["load"]
    assert load[:3] == [
        {"day": "2026-11-25", "tasks": 1, "unestimated": 0, "due_min": 45, "capacity_min": 300},
        {"day": "2026-11-26", "tasks": 3, "unestimated": 1, "due_min": 50, "capacity_min": 180},
        {"day": "2026-11-27", "tasks": 1, "unestimated": 0, "due_min": 60, "capacity_min": 0},
    ]
    assert (load[13]["day"], load[13]["due_min"]) == ("2026-12-08", 15)
    assert sum(day["tasks"] for day in load) == 6


def test_a_week_counts_its_deadlines_by_how_they_went(
    client: AppClient, ada: User, clock: time_machine.Traveller
) -> None:
    clock.move_to(NOON - 30 * DAY)
    monday = datetime(2026, 11, 16, tzinfo=UTC)
    completed(ada, monday - DAY, deadline=monday)  # before its week began
    completed(ada, monday + HOUR, deadline=monday)
    completed(ada, NOON, deadline=monday + DAY)
    make_task(ada, deadline=monday + 2 * DAY)
    make_task(ada, due_date=date(2026, 11, 22))  # by the end of Sunday
    make_task(ada, due_date=date(2026, 11, 15))  # the Sunday before
    make_task(ada)
    completed(ada, NOON)
    do(ada, services.delete_task, make_task(ada, deadline=monday))
    clock.move_to(NOON)
    completed(ada, NOON, deadline=NOON + DAY)  # this week, ahead of time
    make_task(ada, deadline=NOON + DAY)
    found = read(client)
    assert found["weeks"][-3:] == [
        {"week": "2026-W46", "starts_on": "2026-11-09", "settled": 1, "on_time": 0},
        {"week": "2026-W47", "starts_on": "2026-11-16", "settled": 5, "on_time": 1},
        {"week": "2026-W48", "starts_on": "2026-11-23", "settled": 1, "on_time": 1},
    ]
    misses = {
        (day, hour): count
        for day, row in enumerate(found["missed_by_hour"]) for hour, count in enumerate(row) if count
    }  # fmt: skip
    assert misses == {(0, 0): 1, (1, 0): 1, (2, 0): 1, (6, 23): 2}
    bars = {(bar["from_s"], bar["until_s"]): bar["tasks"] for bar in found["lateness"] if bar["tasks"]}
    assert bars == {(3_600, 14_400): 1, (604_800, None): 1}


@pytest.mark.parametrize(
    ("late", "bar"), [(timedelta(), 0), (timedelta(minutes=15), 1), (timedelta(minutes=14, seconds=59), 0)]
)
def test_at_the_deadline_itself_is_late(client: AppClient, ada: User, late: timedelta, bar: int) -> None:
    completed(ada, NOON + HOUR + late, deadline=NOON + HOUR)
    found = read(client)
    assert [place for place, one in enumerate(found["lateness"]) if one["tasks"]] == [bar]
    assert found["weeks"][-1]["on_time"] == 0


def test_a_miss_is_counted_from_the_instant_of_its_deadline(
    client: AppClient, ada: User, clock: time_machine.Traveller
) -> None:
    make_task(ada, deadline=NOON + HOUR)
    clock.move_to(NOON + HOUR - timedelta(microseconds=1))
    assert read(client)["weeks"][-1]["settled"] == 0
    clock.move_to(NOON + HOUR)
    found = read(client)
    assert (found["weeks"][-1]["settled"], found["missed_by_hour"][2][13]) == (1, 1)


def test_another_zone_has_other_days_weeks_and_hours(client: AppClient, ada: User) -> None:
    completed(ada, NOON, deadline=datetime(2026, 11, 22, 20, 0, tzinfo=UTC))
    make_task(ada, deadline=datetime(2026, 11, 26, 20, 0, tzinfo=UTC), estimate_min=30)
    assert read(client)["weeks"][-2]["settled"] == 1
    move_to_zone(ada, "Asia/Tokyo")
    found = read(client)
    assert found["time_zone"] == "Asia/Tokyo"
    assert found["weeks"][-1]["settled"] == 1, "it is Monday there"
    assert found["missed_by_hour"][0][5] == 1
    assert [day["day"] for day in found["load"] if day["tasks"]] == ["2026-11-27"]


def test_pace_is_of_the_last_four_weeks_and_says_what_will_be_missed(
    client: AppClient, ada: User, clock: time_machine.Traveller
) -> None:
    User.objects.filter(pk=ada.pk).update(created_at=NOON - 100 * DAY)
    clock.move_to(NOON - 100 * DAY)
    for ago in range(1, 40):
        completed(ada, NOON - ago * DAY, estimate_min=60)
    completed(ada, NOON, estimate_min=600)  # today is not over
    clock.move_to(NOON)
    make_task(ada, deadline=NOON + HOUR, estimate_min=150)
    forecast = read(client)["forecast"]
    # Of today five of eight hours are left: so much of 60 minutes.
    assert forecast == {
        "unit": "minutes",
        "pace": 60.0,
        "pace_low": 60.0,
        "pace_high": 60.0,
        "days": 20,
        "due": 1,
        "missed": 1,
        "missed_low": 1,
        "missed_high": 1,
        "first_day": "2026-11-25",
        "first_day_missed": 1,
        "confidence": "high",
    }
    update(ada, ada.tasks.get(completed_at=None), deadline=NOON + 5 * DAY)
    assert read(client)["forecast"]["missed"] == 0


# --- How it is read ---------------------------------------------------------------------------------


def test_what_is_known_is_not_sent_again(client: AppClient, ada: User, clock: time_machine.Traveller) -> None:
    clock.shift(timedelta(seconds=10))
    first = client.send("GET", INSIGHTS)
    tag = first["ETag"]
    assert tag.startswith('W/"')
    clock.shift(timedelta(seconds=20))
    same = client.send("GET", INSIGHTS, **{"if-none-match": tag})
    assert (same.status_code, same.content, same["ETag"]) == (304, b"", tag)
    assert same["Cache-Control"] == "private, no-cache"
    assert client.send("GET", INSIGHTS, **{"if-none-match": '"1", ' + tag}).status_code == 304
    assert client.send("GET", INSIGHTS, **{"if-none-match": '"1"'}).status_code == 200
    make_task(ada)
    changed = client.send("GET", INSIGHTS, **{"if-none-match": tag})
    assert (changed.status_code, changed.json()["buckets"]["upcoming"]) == (200, 1)


def test_the_number_of_statements_is_fixed(client: AppClient, ada: User) -> None:
    def statements() -> int:
        with CaptureQueriesContext(connection) as captured:
            insights(owner_id=ada.pk, now=engine_clock.now())
        return len([query for query in captured if query["sql"].startswith(("SELECT", "("))])

    before = statements()
    for number in range(30):
        make_task(ada, deadline=NOON + number * HOUR, estimate_min=30)
        completed(ada, NOON + HOUR, deadline=NOON + number * HOUR / 4)
    assert (before, statements()) == (STATEMENTS - 1, STATEMENTS - 1)


@pytest.mark.django_db(transaction=True)
def test_everything_is_of_one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = make_person()
    task = make_task(ada, deadline=engine_clock.now() + HOUR)
    soon = queries.soon

    def meanwhile() -> None:
        do(ada, services.complete_task, task)
        connection.close()

    def interrupted(**asked: Any) -> Any:
        thread = threading.Thread(target=meanwhile)
        thread.start()
        thread.join(10)
        assert not thread.is_alive(), "a write waited for a read"
        return soon(**asked)

    monkeypatch.setattr(queries, "soon", interrupted)
    found = insights(owner_id=ada.pk, now=engine_clock.now())
    assert (found.standing.upcoming, found.standing.completed, found.soon_count) == (1, 0, 1)
    monkeypatch.setattr(queries, "soon", soon)
    found = insights(owner_id=ada.pk, now=engine_clock.now())
    assert (found.standing.upcoming, found.standing.completed, found.soon_count) == (0, 1, 0)


def scans_of_tasks(plan: Any) -> Iterator[str]:
    """Yield how a plan reads the table of tasks, each time that it does."""
    if isinstance(plan, list):
        for each in plan:
            yield from scans_of_tasks(each)
    elif isinstance(plan, dict):
        if plan.get("Relation Name") == "tasks_task":
            yield plan["Node Type"]
        for each in plan.values():
            yield from scans_of_tasks(each)


MANY = 100_000
_FILL = """
    INSERT INTO tasks_task (
        id, owner_id, title, notes, priority, estimate_min, labels, position, deadline, deadline_version,
        completed_at, outcome, lateness_s, version, created_at, updated_at
    )
    SELECT gen_random_uuid(), %(owner)s, 'Task ' || n, '', 4, 30, '{}', '', due, 1,
           done, CASE WHEN done IS NULL THEN NULL WHEN done < due THEN 'on_time' ELSE 'late' END,
           CASE WHEN done >= due THEN extract(epoch FROM done - due) END, 1, due - interval '9 days', due
    FROM (
        SELECT n, due, CASE WHEN n %% 10 > 0 AND due < %(now)s THEN due + (n %% 7 - 5) * interval '3 hours' END AS done
        FROM (
            SELECT n, %(now)s::timestamptz + (n - %(count)s * 9 / 10) * interval '20 minutes' AS due
            FROM generate_series(1, %(count)s) AS n
        ) AS numbered
    ) AS dated
"""


@pytest.mark.django_db(transaction=True)
def test_each_statement_of_somebody_with_100_000_tasks_reads_an_index() -> None:
    ada, eve = make_person(), make_person("eve")
    with connection.cursor() as cursor:
        # Nobody is told, and nothing is searched for: what is measured is the table.
        cursor.execute("SET session_replication_role = replica")
        for person, count in ((ada, MANY), (eve, MANY // 100)):
            cursor.execute(_FILL, {"owner": person.pk, "now": NOON, "count": count})
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("VACUUM (ANALYZE) tasks_task")
    with CaptureQueriesContext(connection) as captured:
        found = insights(owner_id=ada.pk, now=NOON)
    standing = found.standing
    assert standing.upcoming + standing.missed + standing.completed == MANY
    asked = [query["sql"] for query in captured if query["sql"].startswith(("SELECT", "("))]
    assert len(asked) == STATEMENTS - 1
    with connection.cursor() as cursor:
        for statement in asked:
            cursor.execute("EXPLAIN (FORMAT JSON) " + statement)
            (plan,) = cursor.fetchone() or ([{}],)
            scans = list(scans_of_tasks(json.loads(plan) if isinstance(plan, str) else plan))
            assert scans, plan
            assert "Seq Scan" not in scans, plan
