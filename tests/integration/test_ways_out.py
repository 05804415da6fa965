"""Which sockets each thing that anybody can do ends, judged as the server judges those that are open.

Whatever can be done over HTTP is found by walking the URL conf, whatever an operator can do by walking the commands. What is
not said here to end something has to end nothing, and what is new has to be said what it is sent.
"""

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
import time_machine
from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from allauth.headless import urls as headless_urls
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver

from realtime import revocation
from realtime.ports import Listener
from realtime.publisher import doorbell
from taskengine import clock
from taskengine.accounts import logins, services, tokens
from taskengine.accounts.models import User
from taskengine.accounts.sessions import SessionAuthenticator
from taskengine.engine.housekeeping import JOB_SWEEPS, SWEEPS
from taskengine.urls import urlpatterns
from tests.support.accounts import PASSWORD, AppClient, signed_up, still_valid
from tests.support.people import make_token
from tests.support.routes import asked, settled

pytestmark = pytest.mark.django_db

BROWSER: Final = "/api/auth/browser/v1"
NEW_PASSWORD: Final = "another correct horse"
# The sockets of one person: of who asks by the app client, of another such log-in, of a page, and of a personal token.
PROGRAM, PHONE, PAGE, SCRIPT = "program", "phone", "page", "script"
LOG_INS: Final = frozenset({PROGRAM, PHONE, PAGE})
EVERYTHING: Final = LOG_INS | {SCRIPT}
NOTHING: Final[frozenset[str]] = frozenset()
ASKER: Final = "who asks"


class Home:
    """Ada with a socket of each kind, and Bob, whom nothing of hers concerns."""

    def __init__(self) -> None:
        self.program, self.phone = signed_up(), AppClient()
        self.phone.log_in()
        self.ada = User.objects.get()
        self.page = Client()
        credentials = {"email": self.ada.email, "password": PASSWORD}
        self.page.post(f"{BROWSER}/auth/login", credentials, content_type="application/json")
        cookie = self.page.cookies["sessionid"].value
        self.token, text = make_token(self.ada)
        bob = signed_up("bob@example.org")
        self.bob = _listener(authorization=f"Bearer {bob.access}")
        self.listeners = {
            PROGRAM: _listener(authorization=f"Bearer {self.program.access}"),
            PHONE: _listener(authorization=f"Bearer {self.phone.access}"),
            PAGE: _listener(cookie=f"sessionid={cookie}", origin="http://testserver", host="testserver"),
            SCRIPT: _listener(authorization=f"Bearer {text}"),
        }
        self.rung: list[str] = []

    def ended(self) -> frozenset[str]:
        """Return whose sockets are to go."""
        standing = still_valid([*self.listeners.values(), self.bob])
        assert self.bob in standing
        return frozenset(name for name, listener in self.listeners.items() if listener not in standing)

    def session_of(self, name: str) -> int:
        """Return what a log-in is called in the list of them."""
        return int(UserSession.objects.get(session_key=self.listeners[name].session).pk)


def _listener(**headers: str) -> Listener:
    named = [(name.encode(), value.encode()) for name, value in headers.items()]
    listener = SessionAuthenticator().authenticate({"type": "websocket", "scheme": "ws", "headers": named})
    assert listener is not None
    return listener


@pytest.fixture
def home() -> Iterator[Home]:
    """Four sockets, and what is rung about them."""
    home = Home()
    unsubscribe = doorbell.subscribe(revocation.LISTENERS_TOPIC, home.rung.extend)
    yield home
    unsubscribe()


@pytest.fixture
def judged(home: Home, django_capture_on_commit_callbacks: Any) -> Callable[..., frozenset[str]]:
    """Do something, say whose sockets it ends, see that it was rung for them, and take it back."""

    def judge(act: Callable[[], Any]) -> frozenset[str]:
        home.rung.clear()
        with transaction.atomic():
            with django_capture_on_commit_callbacks(execute=True):
                act()
            ended = home.ended()
            transaction.set_rollback(True)
        assert not ended or str(home.ada.pk) in home.rung, "the doorbell said nothing of it"
        return ended

    return judge


# --- Our own API ----------------------------------------------------------------------------------

# By method and name of the route. What is not here ends nothing.
OURS: Final[Mapping[str, frozenset[str]]] = {
    "DELETE me": EVERYTHING,
    "DELETE my-session": frozenset({PHONE}),
    "DELETE my-sessions": LOG_INS,
    "DELETE user": EVERYTHING,
    "DELETE token": frozenset({SCRIPT}),
}


def test_of_our_routes_each_ends_what_it_is_to_end_and_no_other(
    home: Home, judged: Callable[..., frozenset[str]], settings: Any
) -> None:
    settings.DEMO = True
    sue = signed_up("sue@example.org")
    User.objects.filter(email="sue@example.org").update(is_staff=True)
    ids = {**settled(home.ada), "session_id": home.session_of(PHONE), "token_id": home.token.pk}
    found: dict[str, frozenset[str]] = {}
    for one in asked(ids):
        if one.sent is None:
            continue
        sender, sent, body = (sue if one.sent.staff else home.program), one.sent, one.body(ids)

        def send(one: Any = one, sender: AppClient = sender, sent: Any = sent, body: Any = body) -> None:
            answer = sender.send(one.method, one.path, body)
            assert answer.status_code == sent.answers, (one.name, answer.content)

        if ended := judged(send):
            found[one.name] = ended

    assert found == OURS


@pytest.mark.parametrize(
    ("method", "path", "body", "by_staff", "ends"),
    [
        ("DELETE", "users/me/sessions/?keep=current", None, False, LOG_INS - {PROGRAM}),
        ("PATCH", "users/{ada}/", {"is_active": False}, True, EVERYTHING),
        ("PATCH", "users/{ada}/", {"is_active": True}, True, NOTHING),
    ],
)
def test_what_is_said_in_the_request_decides_how_much_ends(
    home: Home,
    judged: Callable[..., frozenset[str]],
    method: str,
    path: str,
    body: Any,
    by_staff: bool,
    ends: Any,
) -> None:
    sue = signed_up("sue@example.org")
    User.objects.filter(email="sue@example.org").update(is_staff=True)
    sender = sue if by_staff else home.program

    def send() -> None:
        answer = sender.send(method, f"/api/v1/{path.format(ada=home.ada.pk)}", body)
        assert answer.status_code in {200, 204}, answer.content

    assert judged(send) == ends


# --- Accounts -------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Way:
    """What a route of the accounts is sent, and what it ends.

    Attributes:
        body: What is sent, or what makes it of the home.
        answers: The status.
        ends: Whose sockets; `ASKER` stands for who asks.
        stranger: Whether somebody asks who is not logged in.
    """

    body: Any | Callable[[Home], Any] = None
    answers: int = 200
    ends: frozenset[str] = field(default=NOTHING)
    stranger: bool = False


def _reset(home: Home) -> dict[str, str]:
    home.ada.refresh_from_db()  # when they last logged in is a part of it
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(home.ada)
    return {"key": f"{user_pk_to_url_str(home.ada)}-{token}", "password": NEW_PASSWORD}


def _log_in(home: Home) -> dict[str, str]:
    return {"email": home.ada.email, "password": PASSWORD}


NO_SUCH: Final = Way(body={"phone": "+3912345678", "code": "123456"}, answers=404)
# By method and path below each client. GET reads.
ACCOUNTS: Final[Mapping[str, Way]] = {
    "DELETE auth/session": Way(answers=401, ends=frozenset({ASKER})),
    "DELETE auth/sessions": Way(
        body=lambda home: {"sessions": [home.session_of(PHONE)]}, ends=frozenset({PHONE})
    ),
    "POST account/password/change": Way(
        body={"current_password": PASSWORD, "new_password": NEW_PASSWORD}, ends=EVERYTHING
    ),
    # Whoever sets a password by mail is not logged in by it.
    "POST auth/password/reset": Way(body=_reset, answers=401, ends=EVERYTHING, stranger=True),
    "POST auth/password/request": Way(body=lambda home: {"email": home.ada.email}, stranger=True),
    "POST auth/login": Way(body=_log_in, stranger=True),
    "POST auth/signup": Way(body={"email": "eve@example.org", "password": PASSWORD}, stranger=True),
    "POST auth/reauthenticate": Way(body={"password": PASSWORD}),
    "POST auth/email/verify": Way(body={"key": "no such key"}, answers=400),
    "POST auth/email/verify/resend": Way(answers=409),
    "POST auth/code/confirm": Way(body={"code": "123456"}, answers=409),
    "POST auth/phone/verify": NO_SUCH,
    "POST auth/phone/verify/resend": NO_SUCH,
    "POST account/email": Way(body={"email": "ada@example.com"}),
    "PUT account/email": Way(body=lambda home: {"email": home.ada.email}),
    "PATCH account/email": Way(body=lambda home: {"email": home.ada.email, "primary": True}),
    "DELETE account/email": Way(body={"email": "nobody@example.org"}, answers=400),
    "POST account/phone": NO_SUCH,
    "POST tokens/refresh": Way(
        body=lambda home: {"refresh_token": home.program.refresh_token}, stranger=True
    ),
}


def _routes(patterns: list[Any], path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each path below with its view."""
    for each in patterns:
        here = path + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _routes(each.url_patterns, here)
        else:
            assert isinstance(each, URLPattern)
            yield here, each.callback


def _account_routes() -> Iterator[tuple[str, str, str]]:
    """Yield method, client and path of all that allauth serves."""
    for path, view in _routes(headless_urls.urlpatterns):
        client, _, rest = path.partition("/v1/")
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            if hasattr(view.view_class, method.lower()):
                yield method, client, rest


def test_of_the_accounts_routes_each_ends_what_it_is_to_end_and_no_other(
    home: Home, judged: Callable[..., frozenset[str]]
) -> None:
    found = list(_account_routes())
    unknown = {f"{method} {path}" for method, _, path in found if method != "GET"} ^ ACCOUNTS.keys()
    assert not unknown, "say in ACCOUNTS what it is sent and what it ends"
    assert {client for _, client, _ in found} == {"app", "browser"}
    again = {"password": PASSWORD}  # for what is asked of nobody who was away for long
    home.program.auth("POST", "/auth/reauthenticate", again)
    home.page.post(f"{BROWSER}/auth/reauthenticate", again, content_type="application/json")
    for method, client, path in found:
        way = ACCOUNTS.get(f"{method} {path}", Way())
        body = way.body(home) if callable(way.body) else way.body

        def send(
            method: str = method, client: str = client, path: str = path, way: Way = way, body: Any = body
        ) -> None:
            url = f"/api/auth/{client}/v1/{path}"
            if way.stranger or client == "app":
                headers = {} if way.stranger else {"authorization": f"Bearer {home.program.access}"}
                sender = Client()
            else:
                headers, sender = {}, home.page
            answer = sender.generic(
                method,
                url,
                "" if body is None else json.dumps(body),
                content_type="application/json",
                headers=headers,
            )
            assert answer.status_code < 500, url
            assert method == "GET" or answer.status_code == way.answers, (method, url, answer.content)

        cookies = copy.deepcopy(home.page.cookies)
        ended = judged(send)
        home.page.cookies = cookies
        asker = PROGRAM if client == "app" else PAGE
        assert ended == {asker if name == ASKER else name for name in way.ends}, (method, client, path)


def test_no_other_part_of_the_server_takes_anything_but_reads() -> None:
    """What is walked above is all that can be sent something."""
    tops = {str(each.pattern) for each in urlpatterns if isinstance(each, URLResolver)}
    assert tops == {"api/v1/", "api/auth/"}
    for path in ("/healthz", "/readyz", "/metrics", "/sw.js", "/"):
        assert Client().post(path).status_code == 405, path


def test_a_refresh_token_that_was_stolen_ends_its_log_in(
    home: Home, judged: Callable[..., frozenset[str]]
) -> None:
    with time_machine.travel(clock.now(), tick=False) as time:
        stolen = home.program.refresh_token
        assert home.program.refresh(stolen).status_code == 200
        assert judged(lambda: home.program.refresh(stolen)) == NOTHING  # another tab
        time.shift(tokens.REFRESH_GRACE_S + 1)
        assert judged(lambda: home.program.refresh(stolen)) == {PROGRAM}


def test_a_log_in_too_many_ends_the_one_unused_for_longest(
    home: Home, judged: Callable[..., frozenset[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logins, "MAX_LOGINS", 3)
    assert judged(lambda: AppClient().log_in()) == {PROGRAM}


# --- Operators, and the server itself -------------------------------------------------------------

COMMANDS: Final[Mapping[str, frozenset[str]]] = {
    "changepassword": EVERYTHING,
    "deactivate": EVERYTHING,
}
# They touch nobody's account. `restore` fills a database anew; who listens there is seen in its own tests.
OTHER_COMMANDS: Final = {"asyncapi", "backup", "restore", "doctor", "migrate", "runengine"}


def test_every_command_is_known_here() -> None:
    apps = [name for name in settings.INSTALLED_APPS if name.startswith(("taskengine.", "realtime"))]
    folders = [Path(str(import_module(name).__file__)).parent / "management" / "commands" for name in apps]
    there = {path.stem for folder in folders for path in folder.glob("*.py")} - {"__init__"}
    assert there == COMMANDS.keys() | OTHER_COMMANDS


@pytest.mark.parametrize(("command", "ends"), COMMANDS.items())
def test_a_command_ends_what_it_is_to_end(
    home: Home,
    judged: Callable[..., frozenset[str]],
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    ends: frozenset[str],
) -> None:
    monkeypatch.setattr("getpass.getpass", lambda **_: NEW_PASSWORD)
    assert judged(lambda: call_command(command, home.ada.email, verbosity=0)) == ends


def test_no_sweep_ends_anything_but_what_is_over(home: Home, judged: Callable[..., frozenset[str]]) -> None:
    for sweep in (*SWEEPS, *JOB_SWEEPS):
        assert judged(lambda sweep=sweep: sweep(now=clock.now())) == NOTHING, sweep.__name__
    User.objects.filter(pk=home.ada.pk).update(
        is_guest=True, created_at=clock.now() - services.GUEST_LIFETIME
    )
    ended = {
        sweep.__name__: judged(lambda sweep=sweep: sweep(now=clock.now())) for sweep in (*SWEEPS, *JOB_SWEEPS)
    }
    assert {name: ends for name, ends in ended.items() if ends} == {"_guests": EVERYTHING}
