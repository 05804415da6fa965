"""Personal access tokens: how one is made, what it opens, and how it ends. Who may what: `test_who_may.py`."""

import re
import threading
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from realtime import revocation
from realtime.ports import Listener
from taskengine import clock
from taskengine.accounts import personal_tokens
from taskengine.accounts.errors import LogInEnded, TooManyPersonalTokens
from taskengine.accounts.models import AuditEntry, PersonalToken, SocketTicket, User
from taskengine.accounts.personal_tokens import Scope
from taskengine.accounts.services import deactivate_account, delete_account
from taskengine.accounts.sessions import SessionAuthenticator
from taskengine.api.throttles import ReadThrottle, WriteThrottle
from taskengine.operations.models import Operation
from tests.support.accounts import PASSWORD, AppClient, signed_up, still_valid
from tests.support.people import make_person, make_token

pytestmark = pytest.mark.django_db

TOKENS = "/api/v1/tokens/"
TASKS = "/api/v1/tasks/"
TICKETS = "/api/v1/tickets/"
NEW = {"name": "Backup script", "scopes": ["events", "tasks:read"]}
AUTHENTICATOR = SessionAuthenticator()


def holder(text: str, **client: Any) -> AppClient:
    """Return somebody who holds a token."""
    found = AppClient(**client)
    found.access = text
    return found


def made(ada: AppClient, **fields: Any) -> dict[str, Any]:
    response = ada.send("POST", TOKENS, {**NEW, **fields})
    assert response.status_code == 201, response.content
    return dict(response.json())


def listening(text: str, *subprotocols: str) -> Listener | None:
    headers = [(b"host", b"testserver"), (b"authorization", f"Bearer {text}".encode())]
    client = ("192.0.2.7", 4711)
    return AUTHENTICATOR.authenticate({"headers": headers, "client": client, "subprotocols": subprotocols})


@pytest.fixture
def ada() -> AppClient:
    return signed_up()


@pytest.fixture
def person(ada: AppClient) -> User:
    return User.objects.get()


# --- How one is made ------------------------------------------------------------------------------


def test_a_token_is_shown_once_and_known_to_scanners_by_its_shape(ada: AppClient) -> None:
    response = ada.send("POST", TOKENS, NEW)
    body = response.json()

    assert response.headers["Cache-Control"] == "no-store"
    assert re.fullmatch(r"te_[0-9A-Za-z]{46}", body["token"])
    assert body["hint"] == f"te_…{body['token'][-4:]}"
    assert body["scopes"] == ["tasks:read", "events"]
    read = {name: value for name, value in body.items() if name != "token"}
    assert ada.send("GET", f"{TOKENS}{body['id']}/").json() == read
    listed = ada.send("GET", TOKENS).json()
    assert listed["results"] == [read]
    assert listed["next_cursor"] is None


def test_what_is_kept_is_not_the_token(ada: AppClient) -> None:
    secret = made(ada)["token"].removeprefix("te_")

    (row,) = PersonalToken.objects.values_list()
    logged = [(operation.changes, operation.answer) for operation in Operation.objects.all()]
    assert secret not in f"{row} {logged}"
    assert secret.encode() not in bytes(PersonalToken.objects.get().digest)


def test_two_tokens_have_nothing_in_common(ada: AppClient) -> None:
    texts = [made(ada)["token"] for _ in range(5)]

    assert len({text[3:11] for text in texts}) == 5


@pytest.mark.parametrize(
    ("fields", "pointer"),
    [
        ({"scopes": []}, "/scopes"),
        ({"scopes": ["tasks"]}, "/scopes/0"),
        ({"scopes": "events"}, "/scopes"),
        ({"name": ""}, "/name"),
        ({"name": "x" * 101}, "/name"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "/expires_at"),
        ({"expires_at": "2036-01-01T00:00:00"}, "/expires_at"),
        ({"token": "te_mine"}, "/token"),
    ],
)
def test_what_makes_no_sense_makes_no_token(ada: AppClient, fields: dict[str, Any], pointer: str) -> None:
    response = ada.send("POST", TOKENS, {**NEW, **fields})

    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert not PersonalToken.objects.exists()


def test_a_scope_that_is_named_twice_is_meant_once(ada: AppClient) -> None:
    assert made(ada, scopes=["ai", "events", "ai"])["scopes"] == ["events", "ai"]


def test_a_person_has_only_so_many(ada: AppClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personal_tokens, "MAX_TOKENS", 2)
    first = made(ada)
    made(ada)
    response = ada.send("POST", TOKENS, NEW)

    assert (response.status_code, response.json()["code"]) == (409, "too_many_tokens")
    assert made(signed_up("bob@example.org"))  # others have theirs
    assert ada.send("DELETE", f"{TOKENS}{first['id']}/").status_code == 204
    assert made(ada)


@pytest.mark.django_db(transaction=True)
def test_of_many_who_make_the_last_one_at_once_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(personal_tokens, "MAX_TOKENS", 3)
    person = make_person()
    for _ in range(2):
        make_token(person)
    start = threading.Barrier(4)

    def last(_: int) -> bool:
        try:
            start.wait(10)
            make_token(person)
        except TooManyPersonalTokens:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(4) as threads:
        assert sum(threads.map(last, range(4))) == 1


def test_no_key_is_kept_for_what_makes_a_secret(ada: AppClient) -> None:
    key = {"idempotency-key": "6fa1d1a8-2d47-4f0c-b3b8-0d8f6b5e8f11"}

    answer = ada.send("POST", TOKENS, NEW, **key)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["code"] == "idempotency_key_unsupported"
    assert not Operation.objects.filter(id=key["idempotency-key"]).exists()


def test_a_page_makes_one_by_its_cookie_and_csrf_token() -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.get("/api/auth/browser/v1/auth/session")

    def post(path: str, body: Any, **headers: str) -> Any:
        return browser.post(path, body, content_type="application/json", headers=headers)

    csrf = {"x-csrftoken": browser.cookies["csrftoken"].value}
    post("/api/auth/browser/v1/auth/signup", {"email": "bob@example.org", "password": PASSWORD}, **csrf)
    assert post(TOKENS, NEW).status_code == 403
    csrf = {"x-csrftoken": browser.cookies["csrftoken"].value}
    assert post(TOKENS, NEW, **csrf).status_code == 201


def test_who_proved_who_they_are_by_an_older_password_makes_none(person: User) -> None:
    """The request was let in, and the password is changed before it gets to the lock."""
    later = User.objects.get()
    later.set_password("another horse entirely")
    later.save()

    with pytest.raises(LogInEnded):
        make_token(person)
    later.is_active = False
    later.save()
    with pytest.raises(LogInEnded):
        make_token(later)


def test_making_and_revoking_stand_in_the_audit_log_once_each_without_the_secret(
    ada: AppClient, person: User, caplog: pytest.LogCaptureFixture
) -> None:
    key = {"idempotency-key": "6fa1d1a8-2d47-4f0c-b3b8-0d8f6b5e8f11"}
    with caplog.at_level("INFO", "taskengine.accounts.audit"):
        token = made(ada)
        for _ in range(2):  # the second is the answer to a retry
            assert ada.send("DELETE", f"{TOKENS}{token['id']}/", **key).status_code == 204

    told = AuditEntry.objects.filter(action__startswith="token_").order_by("at")
    assert [entry.action for entry in told] == ["token_made", "token_revoked"]
    for entry in told:
        assert (entry.subject_id, entry.actor_id) == (person.pk, person.pk)
        assert entry.details == {"token_id": token["id"], "scopes": token["scopes"]}
    assert token["token"][3:20] not in caplog.text


# --- What is done with one ------------------------------------------------------------------------


def test_it_stands_where_an_access_token_stands(ada: AppClient) -> None:
    script = holder(made(ada, scopes=["tasks:read", "tasks:write"])["token"])

    task = script.send("POST", TASKS, {"title": "Water the trees"})
    assert task.status_code == 201
    assert ada.send("GET", f"{TASKS}{task.json()['id']}/").json() == task.json()


def test_a_missing_scope_is_named_in_the_challenge(ada: AppClient) -> None:
    reader = holder(made(ada, scopes=["tasks:read"])["token"])

    response = reader.send("POST", TASKS, {"title": "Water the trees"})
    assert response.status_code == 403
    assert response.json()["code"] == "insufficient_scope"
    challenge = 'Bearer error="insufficient_scope", scope="tasks:write"'
    assert response.headers["WWW-Authenticate"] == challenge
    # No scope opens what is about the account.
    response = reader.send("GET", TOKENS)
    assert response.status_code == 403
    assert response.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope"'


def test_a_draft_is_applied_only_by_who_may_make_tasks_too(ada: AppClient) -> None:
    response = holder(made(ada, scopes=["ai"])["token"]).send(
        "POST", "/api/v1/breakdowns/3f0c6f0e-8a51-4a3c-9c86-6a9f3c1d5b20/apply/"
    )

    assert response.headers["WWW-Authenticate"] == 'Bearer error="insufficient_scope", scope="ai tasks:write"'


def test_a_token_counts_for_its_person(ada: AppClient, monkeypatch: pytest.MonkeyPatch) -> None:
    for throttle in (ReadThrottle, WriteThrottle):
        monkeypatch.setattr(throttle, "THROTTLE_RATES", {"read": "3/min", "write": None})
    cache.clear()
    scripts = [holder(made(ada, scopes=["tasks:read"])["token"]) for _ in range(2)]

    statuses = [client.send("GET", TASKS).status_code for client in (*scripts, ada, scripts[0], ada)]
    cache.clear()
    assert statuses == [200, 200, 200, 429, 429]


def test_it_is_renamed_and_nothing_else(ada: AppClient) -> None:
    token = made(ada)
    path = f"{TOKENS}{token['id']}/"

    assert ada.send("PATCH", path, {"name": "Old laptop"}).json()["name"] == "Old laptop"
    refused = ada.send("PATCH", path, {"scopes": ["ai"], "expires_at": None}).json()
    assert {error["code"] for error in refused["errors"]} == {"read_only"}
    verbs = Operation.objects.order_by("at").values_list("verb", "changes")
    assert [verb for verb, _ in verbs] == ["token.create", "token.update"]
    assert verbs[1][1][0]["before"]["name"] == "Backup script"
    undone = ada.send("POST", "/api/v1/undo/", {"op_id": str(Operation.objects.latest("at").id)})
    assert undone.json()["code"] == "undo_impossible"


# --- Its use is noted -----------------------------------------------------------------------------


def test_who_asks_by_a_token_is_one_statement_and_its_use_one_more_a_minute(person: User) -> None:
    text = make_token(person)[1]
    script = holder(text, REMOTE_ADDR="192.0.2.7")

    def asked() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            script.send("GET", f"{TASKS}summary/")
        return [query["sql"].split()[0] for query in captured.captured_queries]

    with time_machine.travel("2026-11-22T09:00:00Z", tick=False) as time:
        script.send("GET", f"{TASKS}summary/")
        token = PersonalToken.objects.get()
        assert (token.last_used_at, token.last_used_from) == (clock.now(), "192.0.2.7")
        time.shift(59)
        assert asked() == ["SELECT", "SELECT"]
        time.shift(1)
        assert asked() == ["SELECT", "UPDATE", "SELECT"]
        token.refresh_from_db()
        assert token.last_used_at == clock.now()


def test_a_socket_is_a_use_too(person: User) -> None:
    text = make_token(person)[1]

    assert listening(text)
    assert PersonalToken.objects.get().last_used_from == "192.0.2.7"


def test_what_can_be_no_token_is_refused_unasked(person: User, django_assert_num_queries: Any) -> None:
    text = make_token(person)[1]
    mistyped = text[:10] + ("a" if text[10] != "a" else "b") + text[11:]
    with django_assert_num_queries(0):
        for wrong in (mistyped, text[:-1], text + "x", "te_", "te_" + "0" * 46, text.upper()):
            assert holder(wrong).me() == 401
        assert personal_tokens.identify(f"{text}\n", address=lambda: None) is None


# --- How it ends ----------------------------------------------------------------------------------


@pytest.fixture
def rung(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Whose sockets the doorbell was rung about."""
    streams: list[Any] = []
    really = revocation.ring

    def ring(who: Iterable[UUID]) -> None:
        ids = list(who)
        streams.extend(ids)
        really(ids)

    monkeypatch.setattr(revocation, "ring", ring)
    return streams


def ended(text: str, listener: Listener | None) -> bool:
    """Whether a token is over, on HTTP, at a socket's door and for the sockets that stand."""
    assert listener is not None
    over: list[bool] = [
        holder(text).send("GET", TASKS).status_code == 401,
        listening(text) is None,
        still_valid([listener]) == set(),
    ]
    assert len(set(over)) == 1, over
    return over[0]


def test_a_revoked_token_is_over_at_once_and_no_other(ada: AppClient, rung: list[Any]) -> None:
    token, other = made(ada), made(ada)
    listener, others = listening(token["token"]), listening(other["token"])
    assert listener
    assert others
    assert listener.session != others.session
    holder(token["token"]).send("POST", TICKETS)
    holder(other["token"]).send("POST", TICKETS)

    assert ada.send("DELETE", f"{TOKENS}{token['id']}/").status_code == 204

    assert ended(token["token"], listener)
    assert not ended(other["token"], others)
    assert ada.me() == 200
    assert rung == [listener.stream]
    assert SocketTicket.objects.count() == 1
    assert ada.send("DELETE", f"{TOKENS}{token['id']}/").json()["code"] == "token_not_found"


def test_an_expired_token_is_over_and_so_are_its_sockets() -> None:
    with time_machine.travel("2026-11-22T09:00:00Z", tick=False) as time:
        _, text = make_token(make_person(), expires_at=clock.now() + timedelta(hours=1))
        listener = listening(text)
        time.shift(timedelta(minutes=59, seconds=59))
        assert not ended(text, listener)
        time.shift(1)
        assert ended(text, listener)


def test_a_new_password_revokes_all_tokens_of_that_person(ada: AppClient, rung: list[Any]) -> None:
    person, text = User.objects.get(), made(ada)["token"]
    bob = make_person("bob")
    bobs = make_token(bob)[1]
    listener, bobs_listener = listening(text), listening(bobs)

    change = {"current_password": PASSWORD, "new_password": "another horse entirely"}
    assert ada.auth("POST", "/account/password/change", change).status_code == 200

    assert ended(text, listener)
    assert not PersonalToken.objects.filter(user=person).exists()
    assert person.pk in rung
    assert not ended(bobs, bobs_listener)


def test_a_password_that_a_command_or_a_shell_sets_revokes_them_too(person: User, rung: list[Any]) -> None:
    text = make_token(person)[1]
    listener = listening(text)

    person.set_password("another horse entirely")
    person.save()

    assert ended(text, listener)
    assert person.pk in rung


def test_a_deletion_revokes_all_tokens_though_the_rest_waits_for_a_sweep(person: User) -> None:
    text = make_token(person)[1]
    listener = listening(text)

    delete_account(user=person, password=PASSWORD)

    assert ended(text, listener)
    assert not PersonalToken.objects.exists()
    assert User.objects.filter(pk=person.pk).exists()


def test_a_token_of_staff_opens_nothing_that_is_for_staff(person: User) -> None:
    User.objects.update(is_staff=True)
    response = holder(make_token(person)[1]).send("GET", "/api/v1/users/")
    assert (response.status_code, response.json()["code"]) == (403, "insufficient_scope")


def test_a_hash_that_is_only_renewed_revokes_nothing(ada: AppClient, settings: Any) -> None:
    """Django hashes a password anew at a log-in when its own hashes got stronger."""
    text = made(ada)["token"]
    listener = listening(text)
    before = User.objects.get().password
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2SHA1PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]

    assert AppClient().log_in().status_code == 200

    assert User.objects.get().password != before
    assert not ended(text, listener)


def test_a_deactivation_revokes_all_tokens_for_good(person: User) -> None:
    text = make_token(person)[1]
    listener = listening(text)

    deactivate_account(user=person)
    assert ended(text, listener)

    User.objects.update(is_active=True)
    assert ended(text, listener)


def test_a_token_of_somebody_inactive_is_over_though_it_is_there(person: User) -> None:
    """As when an operator writes to the table by hand."""
    text = make_token(person)[1]
    listener = listening(text)

    User.objects.update(is_active=False)

    assert ended(text, listener)


def test_a_log_out_leaves_tokens_alone(ada: AppClient) -> None:
    text = made(ada)["token"]
    listener = listening(text)

    ada.log_out()

    assert not ended(text, listener)


def test_what_expired_long_ago_is_swept_in_bounded_steps() -> None:
    person, now = make_person(), clock.now()
    for days in (40, 35, 31, 29):
        token, _ = make_token(person)
        PersonalToken.objects.filter(id=token.id).update(expires_at=now - timedelta(days=days))
    make_token(person)

    assert personal_tokens.purge(now=now, limit=2)
    assert PersonalToken.objects.count() == 3
    assert personal_tokens.purge(now=now, limit=2)
    assert not personal_tokens.purge(now=now, limit=2)
    assert PersonalToken.objects.count() == 2


# --- Sockets --------------------------------------------------------------------------------------


def test_a_token_opens_a_socket_only_with_the_scope_for_it(person: User) -> None:
    everything_else = [scope for scope in Scope if scope is not Scope.EVENTS]

    assert listening(make_token(person, Scope.EVENTS)[1]) is not None
    assert listening(make_token(person, *everything_else)[1]) is None


def test_sockets_with_tokens_are_let_in_together_and_their_use_is_noted_by_one_statement(
    person: User, django_assert_num_queries: Any
) -> None:
    texts = [make_token(person)[1] for _ in range(5)]
    no_events, strange = make_token(person, Scope.AI)[1], make_token(make_person("bob"))[1]
    PersonalToken.objects.exclude(user=person).delete()
    scopes = [
        {"headers": [(b"authorization", f"Bearer {text}".encode())], "client": (f"192.0.2.{n}", 4711)}
        for n, text in enumerate((*texts, no_events, strange, texts[0]))
    ]

    with django_assert_num_queries(2):
        listeners = AUTHENTICATOR.authenticate_all(scopes)

    assert [listener is not None for listener in listeners] == [*[True] * 5, False, False, True]
    assert listeners[0] == listeners[7]
    assert len({listener.session for listener in listeners if listener}) == 5
    used = PersonalToken.objects.filter(scopes__contains=["events"]).order_by("created_at")
    assert [token.last_used_from for token in used][1:] == [f"192.0.2.{n}" for n in range(1, 5)]
    with django_assert_num_queries(1):
        assert AUTHENTICATOR.authenticate_all(scopes) == listeners


def test_sockets_of_log_ins_and_of_tokens_are_checked_by_one_query(
    ada: AppClient, person: User, django_assert_num_queries: Any
) -> None:
    lost_token, lost_text = make_token(person)
    by_token = [listening(text) for text in (make_token(person)[1], lost_text, make_token(person)[1])]
    by_log_in = listening(ada.access)
    everyone = [listener for listener in (*by_token, by_log_in) if listener]
    assert len(everyone) == 4
    lost = everyone[1]
    lost_token.delete()

    with django_assert_num_queries(1):
        assert still_valid(everyone) == {*everyone} - {lost}


def test_somebody_elses_token_does_not_help(person: User) -> None:
    bobs, mine = listening(make_token(make_person("bob"))[1]), listening(make_token(person)[1])
    assert bobs
    assert mine

    mixed = Listener(stream=bobs.stream, session=mine.session, stamp=mine.stamp)
    assert still_valid([mixed]) == set()


def test_a_ticket_is_bound_to_the_token_that_asked_for_it(person: User) -> None:
    token, text = make_token(person, Scope.EVENTS)

    def opened() -> Listener | None:
        ticket = holder(text).send("POST", TICKETS).json()["ticket"]
        return AUTHENTICATOR.authenticate({"subprotocols": ["taskengine.v1", ticket]})

    listener = opened()
    assert listener
    assert personal_tokens.token_of(listener.session) == token.id
    assert still_valid([listener]) == {listener}

    ticket = holder(text).send("POST", TICKETS).json()["ticket"]
    PersonalToken.objects.update(expires_at=clock.now())
    assert AUTHENTICATOR.authenticate({"subprotocols": ["taskengine.v1", ticket]}) is None
    assert still_valid([listener]) == set()
