"""Promises that no single route can keep: each is asked of all that there are."""

import json
import re
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
import yaml
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from rest_framework import serializers

from taskengine.accounts.models import User
from taskengine.accounts.sessions import SessionAuthenticator
from taskengine.api.fields import ListOfField, ShortListField
from taskengine.api.serializers import StrictSerializer
from tests.support.accounts import AppClient, signed_up
from tests.support.people import make_token
from tests.support.routes import Asked, Ids, asked, settled
from tests.support.servers import ROOT

pytestmark = pytest.mark.django_db

# What an attacker would love to set.
PRIVILEGES = {"is_staff": True, "owner_id": "6f1f7f5e-7a4c-4b0e-9d7e-0a4f6f0c2f11", "is_superuser": True}
# They read no body, so there is nothing to be set by one.
WITHOUT_A_BODY = {"POST demo", "POST breakdown-cancel", "POST tickets"}
# A name that some answer has, and yet tells what is for nobody.
SECRET = re.compile(r"password|digest|secret|session_key|stamp|is_staff|is_superuser|last_login|jti")
ELSEWHERE = "http://169.254.169.254/latest/meta-data/"
UNDESCRIBED = {"/api/v1/schema/", "/api/v1/asyncapi/", "/api/v1/docs/"}
SLOW_S = 1.0


@pytest.fixture
def ada() -> AppClient:
    """Somebody who has one of everything."""
    return signed_up()


@pytest.fixture
def ids(ada: AppClient) -> Ids:
    """What is hers."""
    return settled(User.objects.get(email="ada@example.org"))


def told(client: AppClient, one: Asked, body: Any) -> HttpResponse:
    """Ask, and take back whatever that did."""
    with transaction.atomic():
        response: HttpResponse = client.send(one.method, one.path, body)
        transaction.set_rollback(True)
    return response


def writes(ids: Ids) -> Iterator[Asked]:
    """Yield what may change something."""
    return (one for one in asked(ids) if one.sent is not None and one.method not in {"GET", "OPTIONS"})


def test_no_write_takes_a_property_that_is_nobodys_to_set(ada: AppClient, ids: Ids) -> None:
    taken = []
    for one in writes(ids):
        if one.name in WITHOUT_A_BODY:
            continue
        for name, value in PRIVILEGES.items():
            response = told(ada, one, {**(one.body(ids) or {}), name: value})
            if response.status_code != (403 if one.sent and one.sent.staff else 400):
                taken.append(f"{one.name} took {name}: {response.status_code}")
    assert not taken, "\n".join(taken)


def names(value: Any) -> Iterator[str]:
    """Yield the names of an answer's properties, however deep."""
    if isinstance(value, dict):
        for name, nested in value.items():
            yield str(name)
            yield from names(nested)
    elif isinstance(value, list):
        for nested in value:
            yield from names(nested)


def test_no_answer_shows_what_is_for_nobody_or_somebody_elses(ada: AppClient, ids: Ids) -> None:
    signed_up("bob@example.org")
    bob = User.objects.get(email="bob@example.org")
    # He has one of everything too, which no list, count or file of hers may have in it.
    his = {
        bob.email,
        *(str(value) for name, value in settled(bob).items() if name not in {"key", "session_id"}),
    }
    shown, count = [], 0
    for one in asked(ids):
        if one.sent is None or one.method == "OPTIONS" or one.template in UNDESCRIBED:
            continue
        response = told(ada, one, one.body(ids))
        text = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
        count += 1
        told_names = names(json.loads(text)) if "json" in response.headers.get("Content-Type", "") else ()
        shown += [f"{one.name} shows {name}" for name in told_names if SECRET.search(name)]
        shown += [f"{one.name} tells of Bob's {each}" for each in his if each.encode() in text]
    assert not shown, "\n".join(shown)
    assert count > 40, "routes were not found"


def test_no_token_is_believed_in_an_address(ada: AppClient) -> None:
    """An address stands in logs, histories and referrers."""
    ticket = ada.send("POST", "/api/v1/tickets/").json()["ticket"]
    personal = make_token(User.objects.get())[1]
    nobody, me = AppClient(), "/api/v1/users/me/"
    assert ada.send("GET", me).status_code == 200
    for name in ("access_token", "token", "ticket", "authorization", "bearer", "jwt", "sessionid"):
        for proof in (ada.access, f"Bearer {ada.access}", personal, ticket):
            query = urlencode({name: proof})
            assert nobody.send("GET", f"{me}?{query}").status_code == 401, name
            scope = {
                "type": "websocket", "path": "/ws/v1/stream", "query_string": query.encode(), "headers": [],
                "subprotocols": [], "client": ("127.0.0.1", 1),
            }  # fmt: skip
            assert SessionAuthenticator().authenticate(scope) is None, name


def with_addresses(value: Any) -> Any:
    """Return a body with an address of another server in place of each text."""
    if isinstance(value, dict):
        return {name: with_addresses(nested) for name, nested in value.items()}
    if isinstance(value, list):
        return [with_addresses(nested) for nested in value]
    return ELSEWHERE if isinstance(value, str) else value


def test_no_request_makes_this_server_call_another(
    ada: AppClient, ids: Ids, monkeypatch: pytest.MonkeyPatch
) -> None:
    called: list[Any] = []

    def refuse(*arguments: Any, **_: Any) -> Any:
        called.append(arguments[-1])
        raise OSError("no server calls another from within a request")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    for name in ("getaddrinfo", "gethostbyname", "create_connection"):
        monkeypatch.setattr(socket, name, refuse)
    for one in asked(ids):
        if one.sent is not None:
            told(ada, one, one.body(ids))
            told(ada, one, with_addresses(one.body(ids)))
    assert called == []


def test_every_route_is_in_the_document_and_the_document_tells_of_no_other(ids: Ids) -> None:
    document = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    there = {
        (one.method, one.template)
        for one in asked(ids)
        if one.sent is not None and one.method != "OPTIONS" and one.template not in UNDESCRIBED
    }
    assert {(method, re.sub(r"[{][^}]+[}]", "{}", path)) for method, path in there} == {
        (method, re.sub(r"[{][^}]+[}]", "{}", path)) for method, path in described
    }


ENORMOUS = settings.MAX_BODY_BYTES - 64
BODIES = {
    "a title": '{"title": "%s"}' % ("x" * ENORMOUS),
    "lists in lists": '{"title": ' + "[" * (ENORMOUS // 2) + "]" * (ENORMOUS // 2) + "}",
    "objects in objects": '{"a":' * (ENORMOUS // 6) + "1" + "}" * (ENORMOUS // 6),
    "a number": '{"priority": %s}' % ("9" * ENORMOUS),
    "an exponent": '{"priority": 1e999999999}',
    "many names": "{" + ",".join(f'"k{n}":0' for n in range(ENORMOUS // 12)) + "}",
    "one name again and again": "{" + ",".join(['"title":"x"'] * (ENORMOUS // 12)) + "}",
    "escapes": '{"title": "%s"}' % ("\\u0041" * (ENORMOUS // 6)),
    "spaces": '{"title": "%s"}' % (" " * (ENORMOUS - 1) + "x"),
    "many operations": '{"operations": [' + ",".join(["{}"] * (ENORMOUS // 3)) + "]}",
    "many ids": '{"operations": [{"verb": "tasks.delete", "ids": ['
    + ",".join(["0"] * (ENORMOUS // 3))
    + "]}]}",
    "many labels": '{"title": "x", "labels": [' + ",".join(["0"] * (ENORMOUS // 3)) + "]}",
    "many answers": '{"goal": "x", "answers": [' + ",".join(["{}"] * (ENORMOUS // 4)) + "]}",
    "a deadline": '{"title": "x", "deadline": "%s"}' % ("2026-01-01T" + "0" * 100_000),
}


@pytest.mark.parametrize(
    "path", ["/api/v1/tasks/", "/api/v1/batch/", "/api/v1/breakdowns/", "/api/v1/import/"]
)
def test_no_body_takes_long_to_refuse(ada: AppClient, path: str) -> None:
    slow = []
    for what, body in BODIES.items():
        begun = time.thread_time()
        response = ada._client.generic(
            "POST",
            path,
            body,
            content_type="application/json",
            headers={"authorization": f"Bearer {ada.access}"},
        )
        spent_s = time.thread_time() - begun
        assert response.status_code < 500, (what, response.status_code)
        assert len(response.content) < 64 * 1024, f"{what}: the answer is as long as the question"
        if spent_s > SLOW_S:
            slow.append(f"{what}: {spent_s:.1f} s")
    assert not slow, "\n".join(slow)


def kinds(base: type[Any]) -> Iterator[type[Any]]:
    """Yield all that derive from a class."""
    for kind in base.__subclasses__():
        yield kind
        yield from kinds(kind)


def test_every_list_that_may_come_is_counted_before_it_is_looked_into() -> None:
    uncounted = [
        f"{kind.__name__}.{name}"
        for kind in kinds(StrictSerializer)
        for name, field in kind._declared_fields.items()
        if isinstance(field, serializers.ListField | serializers.ListSerializer)
        and not isinstance(field, ShortListField | ListOfField)
    ]
    assert not uncounted


@pytest.mark.parametrize(
    "words",
    [
        "a" * 4000,
        "a " * 2000,
        "(" * 4000,
        "-" * 4000,
        "'" * 4000,
        "* | & ! <-> " * 300,
        "é" * 4000,
        "\\" * 4000,
    ],
)
def test_no_search_takes_long(ada: AppClient, words: str) -> None:
    begun = time.monotonic()
    response = ada._client.get(
        "/api/v1/tasks/", {"q": words}, headers={"authorization": f"Bearer {ada.access}"}
    )
    assert response.status_code in {200, 400}
    assert time.monotonic() - begun < SLOW_S
