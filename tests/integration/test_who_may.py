"""Every route, asked by everybody: who gets what is promised, found by walking the URL conf."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.generators import SchemaGenerator
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from taskengine import clock
from taskengine.accounts import personal_tokens
from taskengine.accounts.models import PersonalToken, User
from taskengine.accounts.personal_tokens import Scope
from taskengine.accounts.services import deactivate_account
from taskengine.api import urls as api
from taskengine.urls import urlpatterns as site
from tests.support.accounts import AppClient, signed_up
from tests.support.people import make_person, make_token
from tests.support.routes import METHODS, SCOPES, SENT, Asked, Ids, asked, settled

EVERY_SCOPE = tuple(Scope)
SITE: list[Any] = list(site)
# What is open to everybody beside the API, by its pattern.
OPEN = {
    "healthz": "/healthz",
    "readyz": "/readyz",
    "metrics": "/metrics",
    "service_worker": "/sw.js",
    "page": "/settings",
    "not_found": "/api/auth/app/v1/account/phone",
}


class Town:
    """Everybody there is, and one of everything that is Ada's."""

    def __init__(self) -> None:
        self.ada, self.bob, self.staff = (
            signed_up(),
            signed_up("bob@example.org"),
            signed_up("sue@example.org"),
        )
        make_person("sam")  # the last of the staff can't go
        User.objects.filter(email__in=["sue@example.org", "sam@example.org"]).update(is_staff=True)
        self._ada = User.objects.get(email="ada@example.org")
        self.ids = settled(self._ada)
        self.staff_token = self.holder(User.objects.get(email="sue@example.org"), EVERY_SCOPE)
        self.nobody = AppClient()
        self.gone = list(self._gone())
        self._holders: dict[tuple[Scope, ...], AppClient] = {}

    def holder(self, person: User, scopes: tuple[Scope, ...]) -> AppClient:
        """Return somebody with a token of a person."""
        client = AppClient()
        client.access = make_token(person, *scopes)[1]
        return client

    def ada_by(self, scopes: tuple[Scope, ...]) -> AppClient:
        """Return Ada by a token with these scopes."""
        if scopes not in self._holders:
            self._holders[scopes] = self.holder(self._ada, scopes)
        return self._holders[scopes]

    def _gone(self) -> Iterator[tuple[str, AppClient]]:
        """Yield those who may do nothing any more."""
        revoked, expired = make_token(self._ada), make_token(self._ada)
        personal_tokens.revoke(user_id=self._ada.pk, token_id=revoked[0].id)
        PersonalToken.objects.filter(id=expired[0].id).update(expires_at=clock.now())
        for what, (_, text) in (("a revoked token", revoked), ("an expired token", expired)):
            client = AppClient()
            client.access = text
            yield what, client
        left = AppClient()
        left.log_in()
        left.log_out()
        yield "a log-in that ended", left
        dora = signed_up("dora@example.org")
        person = User.objects.get(email="dora@example.org")
        holder = self.holder(person, EVERY_SCOPE)
        deactivate_account(user=person)
        yield "somebody deactivated", dora
        yield "a token of somebody deactivated", holder
        # As an operator's own hand would: the tokens are still there.
        eve = signed_up("eve@example.org")
        eves = self.holder(User.objects.get(email="eve@example.org"), EVERY_SCOPE)
        User.objects.filter(email="eve@example.org").update(is_active=False)
        yield "somebody whose account is off", eve
        yield "a token of somebody whose account is off", eves

    def expected(self, one: Asked) -> Iterator[tuple[str, AppClient, int, str | None]]:
        """Yield who asks, and the status and the problem's code that they are promised."""
        what = one.sent
        if what is None:
            # Others are not told where there is more that is for staff.
            yield "staff", self.staff, 200 if one.method == "OPTIONS" else 405, None
            return
        if what.open:
            yield "nobody", self.nobody, what.answers, None
            return
        yield "the owner", self.ada, 403 if what.staff else what.answers, None
        yield "nobody", self.nobody, 401, "not_authenticated"
        for who, client in self.gone:
            yield who, client, 401, "invalid_token"
        others = what.others or (404 if one.names_something else what.answers)
        yield "somebody else", self.bob, 403 if what.staff else others, None
        yield "staff", self.staff, what.answers if what.staff else others, None
        if not one.needed:
            yield "a token with every scope", self.ada_by(EVERY_SCOPE), 403, "insufficient_scope"
            yield "a token of staff", self.staff_token, 403, "insufficient_scope"
            return
        yield "a token with just its scopes", self.ada_by(one.needed), what.answers, None
        for scope in one.needed:
            without = tuple(each for each in EVERY_SCOPE if each != scope)
            yield f"a token without {scope}", self.ada_by(without), 403, "insufficient_scope"


def told(client: AppClient, one: Asked, ids: Ids, **headers: str) -> Any:
    """Ask, and take back whatever that did."""
    with transaction.atomic():
        response = client.send(one.method, one.path, one.body(ids) if one.sent else None, **headers)
        transaction.set_rollback(True)
    return response


@pytest.mark.django_db
def test_everybody_gets_what_is_promised_on_every_route(settings: Any) -> None:
    settings.DEMO = True
    town = Town()
    faults, count = [], 0
    for one in asked(town.ids):
        for who, client, status, code in town.expected(one):
            response = told(client, one, town.ids)
            count += 1
            said = response.json().get("code") if code and response.status_code >= 400 else None
            if (response.status_code, said) != (status, code):
                faults.append(
                    f"{one.name}: {who} got {response.status_code} {said}, not {status} {code or ''}"
                )
    assert not faults, "\n".join(faults)
    assert count > 400, "routes were not found"


@pytest.mark.django_db
def test_every_write_honours_the_headers_that_make_it_safe_or_refuses_them(settings: Any) -> None:
    settings.DEMO = True
    town, key, faults, count = Town(), str(uuid.uuid4()), [], 0
    dry = [
        replace(one, path=f"{one.path}?dry_run=true", name="POST import, dry")
        for one in asked(town.ids)
        if one.name == "POST import"
    ]
    for one in (*asked(town.ids), *dry):
        if one.sent is None or one.method == "GET" or one.name == "POST task-parse":  # which only reads
            continue
        who = town.nobody if one.sent.open else town.staff if one.sent.staff else town.ada
        named = told(who, one, town.ids, **{"idempotency-key": key})
        if named.status_code != 400 and named.get("Operation-Id") != key:
            faults.append(f"{one.name}: the key is passed over")
        if told(who, one, town.ids, **{"if-match": '"99"'}).status_code not in (400, 412):
            faults.append(f"{one.name}: If-Match is passed over")
        if told(who, one, town.ids, **{"if-none-match": '"99"'}).status_code != 400:
            faults.append(f"{one.name}: If-None-Match is passed over")
        count += 1
    assert not faults, "\n".join(faults)
    assert count > 40, "routes were not found"


def under(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """Yield the paths below a resolver, with words of no meaning for what they name."""
    for each in resolver.url_patterns:
        where = prefix + re.sub(r"<[^>]+>", "x", str(each.pattern))
        if isinstance(each, URLResolver):
            yield from under(each, where)
        else:
            yield where


def unraising(token: str) -> AppClient:
    """Return who shows a token wherever allauth looks, and is told 500 where it trips, as over a DELETE of no phone."""
    client = AppClient(headers={"authorization": f"Bearer {token}", "x-session-token": token})
    client._client.raise_request_exception = False
    return client


@pytest.mark.django_db
def test_the_document_names_the_scopes_that_a_token_needs() -> None:
    signed_up()
    paths = SchemaGenerator().get_schema(public=True)["paths"]  # type: ignore[no-untyped-call]
    for one in asked(settled(User.objects.get())):
        if one.sent is None or one.sent.open:
            continue
        security = paths[one.template][one.method.lower()]["security"]
        said = [scopes for each in security for name, scopes in each.items() if name == "personalToken"]
        assert said == ([list(one.needed)] if one.needed else []), (one.method, one.template)


@pytest.mark.django_db
def test_the_accounts_own_routes_take_no_token() -> None:
    signed_up()
    held = make_token(User.objects.get())[1]
    made_up = held[:-1] + ("a" if held[-1] != "a" else "b")
    (accounts,) = [each for each in SITE if str(each.pattern) == "api/auth/"]
    assert isinstance(accounts, URLResolver)
    faults, paths = [], [f"/api/auth/{where}" for where in under(accounts)]
    for where in paths:
        for method in ("GET", "POST", "DELETE"):
            told_nobody, told_holder = (
                unraising(token).send(method, where, {}).status_code for token in (made_up, held)
            )
            if told_nobody != told_holder:
                faults.append(f"{method} {where}: {told_holder} with a token, {told_nobody} with one made up")
    assert not faults, "\n".join(faults)
    assert len(paths) > 20, "routes were not found"
    assert PersonalToken.objects.get().last_used_at is None, "it was looked up"


@pytest.mark.django_db
def test_whatever_else_is_there_is_open_to_all_and_known_here() -> None:
    client = AppClient()
    for each in SITE:
        if str(each.pattern) in {"api/v1/", "api/auth/"}:
            continue
        assert isinstance(each, URLPattern)
        name = getattr(each.callback, "__name__", "")
        assert name in OPEN, f"Say in OPEN what /{each.pattern} is, or put it below /api/v1/."
        client.access = ""
        told_nobody = client.send("GET", OPEN[name]).status_code
        client.access = "te_nothing"
        assert client.send("GET", OPEN[name]).status_code == told_nobody


def _nothing(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


class _Writes(APIView):
    def post(self, request: Request) -> Response:
        return Response()


@pytest.mark.parametrize(
    ("route", "advice"),
    [
        (path("new/<uuid:novelty_id>/", _nothing, name="new"), "let `settled` .* make one"),
        (path("new/", _nothing, name="new"), "Say in SCOPES .* what a token needs for new/"),
        (path("tasks/new/", _Writes.as_view(), name="new"), 'Say in SENT .* what "POST new" is sent'),
        (path("new/", _nothing), "Give the route new/ a name"),
        (path("new/", include([])), "Teach .* to walk into new/"),
    ],
)
def test_a_route_that_is_not_known_here_says_what_to_add(route: Any, advice: str) -> None:
    with pytest.raises(AssertionError, match=advice):
        list(asked({}, patterns=[route]))


def test_every_line_is_about_a_route_that_is_there() -> None:
    known = {f"{method} {route.name}" for route in api.urlpatterns for method in METHODS}
    assert set(SENT) <= known
    assert set(SCOPES) <= {str(route.pattern).partition("/")[0] for route in api.urlpatterns}
