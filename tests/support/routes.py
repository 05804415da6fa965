"""Every route of the API, found by walking the URL conf, and what each is sent so that it does something.

A new route is one line in `SENT`, another in `settled` where its path names something that is not made yet, and
another in `SCOPES` where its noun is new.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from allauth.usersessions.models import UserSession
from django.urls import URLPattern, reverse

from taskengine.accounts.models import User
from taskengine.accounts.personal_tokens import Scope
from taskengine.api import errors
from taskengine.api.urls import urlpatterns
from taskengine.tasks import services
from tests.support.accounts import PASSWORD
from tests.support.breakdowns import ready
from tests.support.people import do, last_operation, make_label, make_project, make_task, make_token

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
Ids = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Sent:
    """What one method of a route is sent, and what comes back.

    Attributes:
        body: What is sent, or what makes it of the ids in `settled`.
        answers: The status that its owner gets.
        others: What somebody else gets who is logged in; None for 404 where the path names something, and
            for the same as the owner, about their own, where it does not.
        staff: Whether it is for staff alone; others are told so (403).
        open: Whether everybody gets the same, logged in or not.
        scopes: What a personal access token needs where it is not what `SCOPES` says.
    """

    body: Any | Callable[[Ids], Any] = None
    answers: int = 200
    others: int | None = None
    staff: bool = False
    open: bool = False
    scopes: tuple[Scope, ...] = ()


def sent(body: Any = None, answers: int = 200, **more: Any) -> Sent:
    """Write a `Sent` in one line."""
    return Sent(body=body, answers=answers, **more)


_TASKS = ((Scope.TASKS_READ,), (Scope.TASKS_WRITE,))
_EVENTS = ((Scope.EVENTS,), (Scope.EVENTS,))
_AI = ((Scope.AI,), (Scope.AI,))
_NONE: tuple[tuple[Scope, ...], ...] = ((), ())  # no token is taken
# By the first word of the path: what a personal access token needs to read, and to write.
SCOPES: Final[Mapping[str, tuple[tuple[Scope, ...], ...]]] = {
    "about": _NONE,
    "ai": _AI,
    "audit": _NONE,
    "asyncapi": _NONE,
    "batch": _TASKS,
    "breakdowns": _AI,
    "demo": _NONE,
    "docs": _NONE,
    "export": _NONE,
    "import": _NONE,
    "insights": _TASKS,
    "labels": _TASKS,
    "operations": _TASKS,
    "projects": _TASKS,
    "schema": _NONE,
    "sync": _EVENTS,
    "tasks": _TASKS,
    "tickets": _EVENTS,
    "tokens": _NONE,
    "trash": _TASKS,
    "undo": _TASKS,
    "users": _NONE,
}

# By method and name of the route. What is only read with GET, answers 200 and is its owner's needs no line.
SENT: Final[Mapping[str, Sent]] = {
    "GET about": sent(open=True),
    "POST demo": sent(answers=201, open=True),
    "GET schema": sent(open=True),
    "GET asyncapi": sent(open=True),
    "GET docs": sent(open=True),
    "PATCH me": sent({"time_zone": "Europe/Rome"}),
    "DELETE me": sent({"password": PASSWORD}, 204),
    "DELETE my-session": sent(answers=204),
    "DELETE my-sessions": sent(answers=204),
    "GET audit": sent(staff=True),
    "GET users": sent(staff=True),
    "POST users": sent({"email": "new@example.org"}, 201, staff=True),
    "GET user": sent(staff=True),
    "PATCH user": sent({"time_zone": "Europe/Rome"}, staff=True),
    "DELETE user": sent(answers=204, staff=True),
    "POST tasks": sent({"title": "Water the trees"}, 201),
    # It writes nothing, whatever its method.
    "POST task-parse": sent({"text": "Water the trees friday 5pm"}, scopes=(Scope.TASKS_READ,)),
    "PUT task": sent({"title": "Water the trees"}),
    "PATCH task": sent({"title": "Water the trees"}),
    "DELETE task": sent(answers=204),
    "POST task-complete": sent(),
    "POST task-move": sent(lambda ids: {"after": str(ids["other_task_id"])}),
    "POST task-reopen": sent(),
    "POST task-restore": sent(),
    "POST projects": sent({"name": "Garden"}, 201),
    "PATCH project": sent({"name": "Garden"}),
    "DELETE project": sent(answers=204),
    "POST project-move": sent(lambda ids: {"after": str(ids["other_project_id"])}),
    "POST labels": sent({"name": "outside"}, 201),
    "PATCH label": sent({"name": "outside"}),
    "DELETE label": sent(answers=204),
    "POST batch": sent({"operations": [{"verb": "task.create", "fields": {"title": "Water the trees"}}]}),
    "DELETE trash": sent(answers=204),
    "DELETE trashed": sent(answers=204),
    "POST import": sent({"format": "taskengine", "version": 1, "tasks": []}),
    "POST undo": sent(lambda ids: {"op_id": str(ids["op_id"])}, others=404),
    "POST breakdowns": sent({"goal": "Plant an orchard"}, 202),
    "PATCH breakdown": sent({}),
    "POST breakdown-cancel": sent(),
    "POST breakdown-regenerate": sent(answers=202),
    "POST breakdown-apply": sent(scopes=(Scope.AI, Scope.TASKS_WRITE)),
    "POST breakdown-steps": sent({"title": "Dig holes", "estimate_min": 30}, 201),
    "PATCH breakdown-step": sent({"locked": True}),
    "DELETE breakdown-step": sent(),
    "POST breakdown-split": sent(answers=202),
    "POST tickets": sent(answers=201),
    "POST tokens": sent({"name": "Script", "scopes": ["ai"]}, 201),
    "PATCH token": sent({"name": "Script"}),
    "DELETE token": sent(answers=204),
}


def settled(person: User) -> dict[str, Any]:
    """Give a person one of everything; return what the paths and bodies name."""
    draft = ready(person)
    task, other_task = make_task(person, "Prune"), make_task(person, "Mulch")
    project, other_project = make_project(person, "Yard"), make_project(person, "Attic")
    label = make_label(person)
    trashed = make_task(person, "Burn leaves")
    do(person, services.delete_task, trashed)
    return {
        "breakdown_id": draft.id,
        "key": draft.steps[0]["key"],
        "label_id": label.id,
        "op_id": last_operation(person),
        "other_project_id": other_project.id,
        "other_task_id": other_task.id,
        "project_id": project.id,
        "session_id": UserSession.objects.filter(user=person).values_list("pk", flat=True)[0],
        "task_id": task.id,
        "trashed_id": trashed.id,
        "token_id": make_token(person)[0].id,
        "user_id": person.id,
    }


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One method of one route.

    Attributes:
        name: As in `SENT`.
        path: With the ids in it.
        template: With their names in it, as in the OpenAPI document.
        method: The method.
        sent: What goes there; None where the route has no such method.
        needed: The scopes that a personal access token needs; none where it takes no token.
        names_something: Whether the path names something that is somebody's.
    """

    name: str
    path: str
    template: str
    method: str
    sent: Sent | None
    needed: tuple[Scope, ...]
    names_something: bool

    def body(self, ids: Ids) -> Any:
        """Return what is sent."""
        assert self.sent is not None, f"{self.name} is not there"
        return self.sent.body(ids) if callable(self.sent.body) else self.sent.body


def asked(ids: Ids, *, patterns: list[Any] | None = None) -> Iterator[Asked]:
    """Yield each route with each method.

    Args:
        ids: What `settled` returned.
        patterns: Those of the API, unless others are given.

    Raises:
        AssertionError: One is not known, and how to make it so.
    """
    for route in urlpatterns if patterns is None else patterns:
        assert isinstance(route, URLPattern), f"Teach tests.support.routes to walk into {route.pattern}."
        if route.name is None and route.callback is errors.not_found:
            continue
        assert route.name, f"Give the route {route.pattern} a name in taskengine/api/urls.py."
        for name in route.pattern.converters:
            assert name in ids, (
                f"The route {route.name} names a {name}: let `settled` in tests/support/routes.py make one."
            )
        kwargs = {name: ids[name] for name in route.pattern.converters}
        noun = str(route.pattern).partition("/")[0]
        assert noun in SCOPES, (
            f"Say in SCOPES of tests/support/routes.py what a token needs for {noun}/, or that none is taken."
        )
        view = getattr(route.callback, "view_class", None)
        for method in METHODS:
            known = f"{method} {route.name}"
            is_there = (
                method == "GET" if view is None else hasattr(view, method.lower()) and method != "OPTIONS"
            )
            if is_there and method != "GET":
                assert known in SENT, (
                    f'Say in SENT of tests/support/routes.py what "{known}" is sent and answers its owner.'
                )
            what = SENT.get(known, Sent()) if is_there else None
            yield Asked(
                name=known,
                path=reverse(route.name, kwargs=kwargs) if patterns is None else str(route.pattern),
                method=method,
                sent=what,
                template=re.sub(r"<\w+:(\w+)>", r"{\1}", f"/api/v1/{route.pattern}"),
                needed=(what and what.scopes) or SCOPES[noun][0 if method == "GET" else 1],
                names_something=bool(kwargs),
            )
