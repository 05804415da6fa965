"""A walk through all that this release does to its database, to keep what it says there. In one transaction."""

import socket
from datetime import datetime, timedelta
from typing import Any, Final

import pytest
from django.conf import settings
from django.db import transaction

from realtime import outbox
from taskengine import clock, watch
from taskengine.accounts import letters, mail
from taskengine.accounts.models import Letter, User
from taskengine.accounts.sessions import SessionAuthenticator
from taskengine.engine.housekeeping import JOB_SWEEPS, SWEEPS
from taskengine.engine.loop import Engine
from taskengine.tasks import claims
from tests.support.accounts import PASSWORD, signed_up
from tests.support.people import make_person, make_task, miss_due, purge_deleted
from tests.support.routes import asked, settled
from tests.support.stories import STORIES
from tests.support.world import begin_anew, told_world

NEW_PASSWORD: Final = "another correct horse"
LONG: Final = timedelta(days=400)  # by then every sweep has something to do


def walk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Carry out every verb, read, claim and sweep; whatever it did is taken back on the way."""
    for story in STORIES:
        with transaction.atomic(), monkeypatch.context() as patch, told_world(patch) as world:
            since = world.head()
            story(world)
            world.events(after=since)
            world.snapshot()
            transaction.set_rollback(True)
    begin_anew()
    _through_the_log_in()
    _through_every_route()
    _as_the_relay()
    with monkeypatch.context() as patch:
        _as_the_postman(patch)
    with monkeypatch.context() as patch:
        patch.setattr(socket, "gethostname", lambda: "host")
        _as_an_engine()


def _through_the_log_in() -> None:
    with transaction.atomic():
        ada = signed_up()
        ada.log_in(password="wrong horse battery staple")
        ada.auth("POST", "/auth/password/request", {"email": "ada@example.org"})
        ada.log_in()
        ada.refresh()
        ada.auth(
            "POST", "/account/password/change", {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
        )
        ada.log_in(password=NEW_PASSWORD)
        ada.log_out()
        transaction.set_rollback(True)


def _through_every_route() -> None:
    with transaction.atomic():
        ada, sue = signed_up(), signed_up("sue@example.org")
        User.objects.filter(email="sue@example.org").update(is_staff=True)
        ids = settled(User.objects.get(email="ada@example.org"))
        for one in asked(ids):
            if one.sent is None:
                continue
            with transaction.atomic():
                answer = (sue if one.sent.staff else ada).send(one.method, one.path, one.body(ids))
                assert answer.status_code == one.sent.answers, (one.name, answer.content)
                b"".join(answer.streaming_content) if answer.streaming else answer.content
                transaction.set_rollback(True)
        transaction.set_rollback(True)


def _as_the_relay() -> None:
    with transaction.atomic():
        ada = signed_up()
        person = User.objects.get()
        ticket = ada.send("POST", "/api/v1/tickets/").json()["ticket"]
        everyone = SessionAuthenticator()
        listeners = everyone.authenticate_all(
            [_scope(authorization=f"Bearer {ada.access}"), _scope("taskengine.v1", ticket)]
        )
        assert None not in listeners
        everyone.ended([one for one in listeners if one is not None])
        head = outbox.heads([person.pk])[person.pk]
        outbox.moved([(person.pk, head.seq - 1, head.epoch)])
        watch.look_around()
        clock.measure()
        transaction.set_rollback(True)


def _as_the_postman(patch: pytest.MonkeyPatch) -> None:
    with transaction.atomic():
        sending = settings.EMAIL_BACKEND
        for to in ("ada@example.org", "", "bob@example.org"):
            patch.setattr(settings, "EMAIL_BACKEND", mail._SMTP)
            mail.post(template="a/b", subject="A word", body="More words", to=to)
            letter = Letter.objects.latest("created_at")
            patch.setattr(settings, "EMAIL_BACKEND", sending if to else "no such backend")
            letters.deliver(letter.pk)
        letters.untold(now=clock.now())
        letters.give_up(now=clock.now() + LONG)
        transaction.set_rollback(True)


def _scope(*subprotocols: str, **headers: str) -> dict[str, Any]:
    return {
        "type": "websocket",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "subprotocols": list(subprotocols),
        "client": ("127.0.0.1", 1),
    }


def _as_an_engine() -> None:
    with transaction.atomic():
        engine = Engine()
        claims.warm_up()
        engine._beat(every_s=0)
        ada, now = make_person(), clock.now()
        make_task(ada, "Due", deadline=now + timedelta(hours=1))
        assert miss_due(now=now + timedelta(hours=2)) == 1
        for sweep in (*SWEEPS, *JOB_SWEEPS):
            _swept(sweep, now=now)
        settled_people = signed_up("bob@example.org")
        settled(User.objects.get(email="bob@example.org"))
        for sweep in (*SWEEPS, *JOB_SWEEPS):
            _swept(sweep, now=now + LONG)
        assert settled_people.send("DELETE", "/api/v1/users/me/", {"password": PASSWORD}).status_code in {
            204,
            401,
        }
        purge_deleted()
        engine._end_heartbeat()
        transaction.set_rollback(True)


def _swept(sweep: Any, *, now: datetime) -> None:
    for _ in range(3):
        if not sweep(now=now):
            return
