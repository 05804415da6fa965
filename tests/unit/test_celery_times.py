"""How long a worker of Celery may have a message, against when Redis gives it to another."""

from datetime import timedelta
from itertools import pairwise
from typing import Any, Final

import pytest
from django.conf import settings

from taskengine.accounts import letters
from taskengine.celery import app
from tests.support.composition import SERVICES

# Redis looks for what is overdue now and then, and a worker starts a job a little after it has its message.
ROOM_S: Final = 30
GIVEN_TO_ANOTHER_AFTER_S: Final = settings.CELERY["broker_transport_options"]["visibility_timeout"]
OURS: Final = sorted(name for name in app.tasks if not name.startswith("celery."))


def limit_s(name: str) -> int:
    """Return after how many seconds a job of this kind is killed."""
    task: Any = app.tasks[name]
    return int(task.time_limit or app.conf.task_time_limit)


def test_both_kinds_of_jobs_are_looked_at() -> None:
    assert OURS == ["taskengine.generate", "taskengine.mail"]
    assert app.conf.broker_transport_options["visibility_timeout"] == GIVEN_TO_ANOTHER_AFTER_S
    assert app.conf.task_acks_late, "else nothing is given to anybody"


@pytest.mark.parametrize("name", OURS)
def test_no_job_runs_when_its_message_is_given_to_another_worker(name: str) -> None:
    assert limit_s(name) + ROOM_S <= GIVEN_TO_ANOTHER_AFTER_S
    # Messages that a worker has beyond those it works on would wait for these, and be as old before they begin.
    assert app.conf.worker_prefetch_multiplier == 1


def test_no_letter_is_anothers_before_who_has_it_is_done_or_killed() -> None:
    assert limit_s("taskengine.mail") + ROOM_S <= letters.LEASE.total_seconds()


def test_a_letter_is_tried_for_ten_hours_which_its_links_outlive() -> None:
    pauses_s = [letters.pause_s(tries) for tries in range(1, letters.TRIES + 1)]
    assert all(one <= next_ for one, next_ in pairwise(pauses_s))
    assert pauses_s[-1] == letters.LONGEST_PAUSE_S
    assert sum(pauses_s) == pytest.approx(10 * 3_600, rel=0.01)
    assert sum(pauses_s) + letters.TRIES * letters.TIME_LIMIT_S < letters.LETTER_LIFE.total_seconds()
    assert timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT) == letters.LETTER_LIFE


def test_a_worker_that_is_stopped_in_order_is_given_the_time_that_a_job_may_take() -> None:
    given_s = int(SERVICES["worker"]["stop_grace_period"].removesuffix("s"))
    assert max(map(limit_s, OURS)) < given_s
