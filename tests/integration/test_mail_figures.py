"""What is told of mail: each try by what became of it, and what waits for too long."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from taskengine import celery, clock, figures
from taskengine.accounts import letters
from taskengine.doctor import processes
from tests.support.letters import send_to, waiting
from tests.support.mail_server import mail_server
from tests.support.metrics import figure
from tests.support.ports import free_port

pytestmark = pytest.mark.django_db


def counted() -> dict[str, float]:
    return {each.value: figure("taskengine_mails_total", outcome=each.value) for each in letters.Outcome}


def test_each_try_is_counted_by_what_became_of_it(settings: Any) -> None:
    before = counted()
    send_to(settings, free_port())  # where nobody listens
    letters.deliver(waiting().pk)
    with mail_server(turns_away=1, refuses="nobody@example.org") as server:
        send_to(settings, server.server_address[1])
        for recipient in ("ada@example.org", "nobody@example.org", "ada@example.org"):
            letters.deliver(waiting(recipient=recipient).pk)
        assert len(server.letters) == 1
    assert {name: value - before[name] for name, value in counted().items()} == {
        "failed": 2,  # nobody was there; turned away at the door
        "refused": 1,
        "sent": 1,
    }


COUNTED = """
from prometheus_client import Counter
for name in ("taskengine_mails", "taskengine_jobs_ended", "taskengine_events"):
    Counter(name, "Counted.").inc()
"""


def test_a_worker_tells_of_jobs_and_mail_and_of_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(figures.FOLDER, str(tmp_path))
    subprocess.run([sys.executable, "-c", COUNTED], check=True)
    assert {each.name for each in celery.OfJobs().collect()} == {"taskengine_mails", "taskengine_jobs_ended"}


def test_the_doctor_says_what_waits_and_for_how_long() -> None:
    assert processes.mail(now=clock.now()).says == "No letter waits."
    waiting(since=timedelta(minutes=9))
    assert processes.mail(now=clock.now()).level == "ok"
    waiting(since=timedelta(minutes=75), tries=20)
    found = processes.mail(now=clock.now())
    assert found.level == "advice"
    assert found.says == "2 wait, 1 of them were tried; the oldest for 75 minutes."
    assert "EMAIL_URL" in found.remedy
