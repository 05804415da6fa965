"""What a request costs: lists, reads and writes over HTTP, with a million tasks of a thousand people.

One web process and connections that are kept, each with one request under way. Ours has everything on:
access tokens, throttles counted in Redis, operations, events. Beside it, on the same server program and the
same tables, the plainest Django REST framework under Django's own ASGI handler, and raw SQL behind FastAPI.
"""

import itertools
import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from typing import Any, Final

from bench import _database, _options, _people, _requests, _servers
from bench._figures import Report, quantiles
from bench._people import Person
from bench._process import end_in_order

OURS: Final = "taskengine"
OURS_FEW: Final = "taskengine, a hundredth of the tasks"
PLAIN: Final = "plain DRF"
FASTAPI: Final = "FastAPI, raw SQL"
CONTENDERS: Final = (OURS, OURS_FEW, PLAIN, FASTAPI)
WARM_UP_S: Final = 1.0
GREETERS: Final = 16
TYPED: Final = 4  # characters of a word that is looked for
_MAX_KNOWN: Final = 200_000  # tasks that are asked for by name
# On, but out of the way.
RATES: Final = {"RATE_LIMIT_READ": "100000000/min", "RATE_LIMIT_WRITE": "100000000/min"}


@dataclass(frozen=True, kw_only=True)
class Sizes:
    """How large it is."""

    people: int = 1_000
    tasks_each: int = 1_000
    connections: int = 16
    seconds: float = 8.0
    runs: int = 3


QUICK: Final = Sizes(people=50, tasks_each=100, seconds=0.5, runs=1)

Make = Callable[[], bytes]


@dataclass(frozen=True, kw_only=True, slots=True)
class Operation:
    """One thing that is asked again and again.

    Attributes:
        name: What it is called in the table.
        make: Returns what makes the requests for one contender at one address.
        expected: The status of the answers.
    """

    name: str
    make: Callable[["Subject", str, str], Make]
    expected: int = 200


class Subject:
    """A database with people and tasks, and the requests that are made of them."""

    def __init__(self, url: str, *, people: int, tasks_each: int) -> None:
        self.url = url
        _database.migrate(url)
        self.people = _people.make(url, people)
        owners = [person.id for person in self.people]
        _database.add_tasks(url, owners, each=tasks_each)
        by_id = {person.id: person for person in self.people}
        found = _database.tasks_of(url, owners, at_most=min(tasks_each * people, _MAX_KNOWN))
        self.tasks: list[tuple[str, Person]] = [(task, by_id[owner]) for task, owner in found]
        random.shuffle(self.tasks)
        self._open = iter(self.tasks)

    def ask(
        self,
        host: str,
        contender: str,
        method: str,
        path: str,
        *,
        person: Person,
        body: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return a request as one of the contenders is asked it."""
        if contender == OURS:
            return _requests.request(method, f"/api/v1{path}", host=host, token=person.token, body=body)
        if path.partition("?")[0] in ("/tasks/", "/tasks/summary/"):
            path += f"{'&' if '?' in path else '?'}owner={person.id}"
        if contender == PLAIN and path.endswith("/complete/"):  # it has no verbs, only fields
            method, path = "PATCH", path.removesuffix("complete/")
            body = {"completed_at": datetime.now(UTC).isoformat(), "outcome": "on_time"}
        return _requests.request(method, path, host=host, body=body)

    def open_task(self) -> tuple[str, Person]:
        """Return a task that nobody has completed yet.

        Raises:
            StopIteration: All are.
        """
        return next(self._open)

    def reopen(self) -> None:
        """Open all tasks again: each contender finds as many."""
        _database.reopen_tasks(self.url)
        self._open = iter(self.tasks)


def _list(subject: Subject, host: str, contender: str) -> Make:
    # Not prepared beforehand: every contender's requests are made by the same few lines.
    return lambda: subject.ask(host, contender, "GET", "/tasks/", person=random.choice(subject.people))  # noqa: S311


def _search(subject: Subject, host: str, contender: str) -> Make:
    beginnings = [noun[:TYPED] for noun in _database.NOUNS]

    def make() -> bytes:
        person, typed = random.choice(subject.people), random.choice(beginnings)  # noqa: S311
        return subject.ask(host, contender, "GET", f"/tasks/?q={typed}", person=person)

    return make


def _retrieve(subject: Subject, host: str, contender: str) -> Make:
    def make() -> bytes:
        task, person = random.choice(subject.tasks)  # noqa: S311 (chance guards nothing here)
        return subject.ask(host, contender, "GET", f"/tasks/{task}/", person=person)

    return make


def _create(subject: Subject, host: str, contender: str) -> Make:
    deadline = (datetime.now(UTC) + timedelta(days=20)).isoformat()
    numbers = itertools.count()

    def make() -> bytes:
        person = random.choice(subject.people)  # noqa: S311
        body = {"title": f"Task {next(numbers)}", "notes": "", "deadline": deadline}
        if contender == PLAIN:
            now = datetime.now(UTC).isoformat()
            body |= {"owner": person.id, "created_at": now, "updated_at": now}
        return subject.ask(host, contender, "POST", "/tasks/", person=person, body=body)

    return make


def _complete(subject: Subject, host: str, contender: str) -> Make:
    def make() -> bytes:
        task, person = subject.open_task()
        return subject.ask(host, contender, "POST", f"/tasks/{task}/complete/", person=person)

    return make


def _summary(subject: Subject, host: str, contender: str) -> Make:
    return lambda: subject.ask(
        host,
        contender,
        "GET",
        "/tasks/summary/",
        person=random.choice(subject.people),  # noqa: S311
    )


LIST: Final = Operation(name="list of 50", make=_list)
# What changes the tables comes last; each contender finds them a little fuller.
OPERATIONS: Final = (
    LIST,
    Operation(name="search", make=_search),
    Operation(name="retrieve", make=_retrieve),
    Operation(name="summary", make=_summary),
    Operation(name="create", make=_create, expected=201),
    Operation(name="complete", make=_complete),
)
UNASKED: Final = {
    OURS_FEW: {operation.name for operation in OPERATIONS if operation is not LIST},
    PLAIN: {"summary"},  # a view set has none
}


def main(sizes: Sizes) -> None:
    """Measure each contender in turn, as often as asked."""
    report = Report(
        name="http",
        title=f"Requests a second over {sizes.connections} connections, and how long one takes",
        sizes=sizes,
    )
    with _servers.postgres() as server, _servers.redis() as redis_url:
        report.versions |= {"PostgreSQL": _database.version(server.url()), "Redis": _servers.redis_version()}
        many = Subject(_database.create(server, "many"), people=sizes.people, tasks_each=sizes.tasks_each)
        few = Subject(
            _database.create(server, "few"), people=max(1, sizes.people // 100), tasks_each=sizes.tasks_each
        )
        for _ in range(sizes.runs):
            _round(many, few, redis_url, sizes, report)
    report.finish()


def _round(many: "Subject", few: "Subject", redis_url: str, sizes: Sizes, report: Report) -> None:
    """Ask one operation of each contender in turn, then the next: what the machine does meanwhile is shared."""
    with ExitStack() as serving:
        addresses: dict[str, str] = {}
        for contender in CONTENDERS:
            with report.contender(contender):
                addresses[contender] = serving.enter_context(_serving(contender, many, few, redis_url))
        for operation in OPERATIONS:
            rates: dict[str, float] = {}
            for contender, address in addresses.items():
                if operation.name in UNASKED.get(contender, ()):
                    continue
                row = f"{operation.name}: {contender}"
                with report.contender(row):
                    subject = few if contender == OURS_FEW else many
                    load = _measure(operation, contender, address, subject, sizes)
                    report.add(row, {"per_s": load.per_s, **quantiles(load.latencies_ms, unit="ms")})
                    rates[contender] = load.per_s
            ours = rates.pop(OURS, 0)
            for other, per_s in rates.items():
                report.add(f"{operation.name}: times {other}", {"times": ours / per_s})


@contextmanager
def _serving(contender: str, many: Subject, few: Subject, redis_url: str) -> Iterator[str]:
    with ExitStack() as stack:
        match contender:
            case "plain DRF":
                server = _servers.web(
                    many.url,
                    redis_url,
                    application="bench.peers.plain_drf:application",
                    DJANGO_SETTINGS_MODULE="bench.peers.plain_settings",
                )
            case "FastAPI, raw SQL":
                if find_spec("fastapi") is None:
                    raise ModuleNotFoundError("fastapi is not installed")
                server = _servers.web(many.url, redis_url, application="bench.peers.fastapi_sql:application")
            case _:
                subject = few if contender == OURS_FEW else many
                server = _servers.web(subject.url, redis_url, **RATES)
        address = stack.enter_context(server).address
        if contender in (OURS, OURS_FEW):
            _greet(address, few if contender == OURS_FEW else many)
        yield address


def _measure(
    operation: Operation, contender: str, address: str, subject: Subject, sizes: Sizes
) -> _requests.Load:
    subject.reopen()
    make = operation.make(subject, address, OURS if contender == OURS_FEW else contender)

    def run(seconds: float) -> _requests.Load:
        return _requests.run(
            address, make, connections=sizes.connections, seconds=seconds, expected=operation.expected
        )

    run(min(WARM_UP_S, sizes.seconds))
    load = run(sizes.seconds)
    time.sleep(0.5)  # what PostgreSQL has put off is not the next one's
    return load


def _greet(address: str, subject: Subject) -> None:
    """Have each person ask once: a process verifies a token when it first sees it, and it holds for minutes.

    Ten people are known after a hundredth of a second, a thousand only after several: without this a list from many
    tasks would be one of many strangers.
    """
    people = iter(subject.people)
    _requests.run(
        address,
        lambda: subject.ask(address, OURS, "GET", "/tasks/summary/", person=next(people)),
        connections=GREETERS,
        seconds=_requests.PATIENCE_S,
        expected=200,
    )


if __name__ == "__main__":
    end_in_order()
    main(_options.read(__doc__ or "", full=Sizes(), quick=QUICK))
