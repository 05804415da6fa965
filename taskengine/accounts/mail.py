"""Takes mail to the mail server, outside of the request that it follows from: a slow server holds up nobody.

A letter is a row, which is the truth: written with what it is about, deleted when the mail server has it. Whoever is to
send it is told its id alone, a worker of Celery's or a thread of this process; that is only a hint. Who claims the row has
it for one try, and a sweep tells again of what was lost, and of what is due once more. A backend that calls nobody
(console, file, memory) is used at once, and needs no row.
"""

import logging
import threading
from collections.abc import Collection
from datetime import datetime, timedelta
from email.utils import parseaddr
from enum import StrEnum
from functools import partial
from hashlib import sha256
from smtplib import SMTPRecipientsRefused
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import close_old_connections, transaction
from django.db.models import Q, QuerySet
from prometheus_client import Counter

from taskengine import cache, clock
from taskengine.accounts.models import Letter
from taskengine.rates import Rate

logger = logging.getLogger(__name__)

TASK_NAME: Final = "taskengine.mail"
# Of Celery's own, so that letters and breakdowns wait in two lines, which are served in turn.
QUEUE: Final = "mail"
# The links in a letter are good for a day.
LETTER_LIFE: Final = timedelta(days=1)
FIRST_PAUSE_S: Final = 2
LONGEST_PAUSE_S: Final = 180
# About ten hours.
TRIES: Final = 206
# In a worker of Celery's a try takes no longer: EMAIL_TIMEOUT is for each read and write.
TIME_LIMIT_S: Final = 60
# Whoever has a letter for longer is dead.
LEASE: Final = timedelta(seconds=180)
# A hint that nobody followed in this time was lost.
TOLD_AGAIN_AFTER: Final = timedelta(seconds=30)
# No more hints are added to so many that wait: with the workers gone for a day they would fill Redis.
MOST_TOLD: Final = 1_000
DRAINED_WITHIN_S: Final = 5.0
_SMTP: Final = "django.core.mail.backends.smtp.EmailBackend"
_REDIS_TIMEOUT_S: Final = 3


class Outcome(StrEnum):
    """What became of one try to send a letter."""

    SENT = "sent"
    REFUSED = "refused"  # to this recipient: the mail server works
    FAILED = "failed"  # the mail server is away, or takes nothing from us


FIGURES: Final = "taskengine_mails"
TRIED: Final = Counter(FIGURES, "Tries of this process to send a mail, by what became of them.", ["outcome"])
# What has not happened yet is a zero, and not a gap, to whoever asks how much it grew.
for _outcome in Outcome:
    TRIED.labels(_outcome.value)


def post(*, template: str, subject: str, body: str, to: str) -> None:
    """Have a letter sent, once the caller's transaction is committed.

    Waits for nobody, and raises nothing for what a mail server or Redis does. Of one kind `RATE_LIMIT_LETTER` go to an
    address, and no more, whoever asks: strangers who sign up by somebody's address could fill that mailbox else.

    Args:
        template: What it is about, for the log.
        subject: One line.
        body: Text alone.
        to: An address.
    """
    if _are_enough(template, to):
        logger.warning("A mail is not sent: its address had enough of the kind lately. template=%s", template)
        return
    now = clock.now()
    letter = Letter(
        template=template, subject=subject, body=body, recipient=to, created_at=now, due_at=now, told_at=now
    )
    if settings.EMAIL_BACKEND == _SMTP:
        letter.save(force_insert=True)
        transaction.on_commit(partial(postman.take, [letter.pk]), robust=True)
        return
    try:
        _send(letter)
    except OSError:
        logger.exception("A mail could not be sent. template=%s", template)


def _are_enough(template: str, to: str) -> bool:
    """Count a letter, and say whether it is one too many of its kind for an address."""
    rate = Rate.parse(settings.RATE_LIMIT_LETTER, name="LETTER")
    if rate is None:
        return False
    key = sha256(f"{template} {to.lower()}".encode()).hexdigest()
    return cache.hit(f"letter:{key}", window_s=rate.period_s).count > rate.limit


def deliver(letter_id: UUID) -> bool:
    """Try once to send a letter, if nobody else has it for now; True if the mail server took it.

    What it does not take is due again in a while; one that was tried too often, or can never be sent, is deleted. Only
    who dies between the mail server's word and the row's end has a letter sent twice: nobody can end both at one time.
    It has the same `Message-ID` then, by which mailboxes may know that they have it.
    """
    letter = _claim(letter_id, now=clock.now())
    if letter is None:
        return False
    try:
        _send(letter)
    except OSError as error:
        _put_off(letter, error)
        return False
    except Exception:
        logger.exception("A mail can't be sent, and is given up. template=%s", letter.template)
        _ours(letter).delete()
        return False
    _ours(letter).delete()
    return True


def untold(*, now: datetime, limit: int = 100) -> list[UUID]:
    """Return letters that are due and of which nobody was told lately, and note that somebody is told now."""
    with transaction.atomic():
        waiting = Letter.objects.select_for_update(no_key=True, skip_locked=True).filter(
            Q(told_at=None) | Q(told_at__lte=now - TOLD_AGAIN_AFTER), due_at__lte=now
        )
        ids = list(waiting.order_by("due_at", "id").values_list("id", flat=True)[:limit])
        Letter.objects.filter(id__in=ids).update(told_at=now)
    return ids


def give_up(*, now: datetime) -> bool:
    """Delete letters whose links are dead; True if there were some."""
    given_up, _ = Letter.objects.filter(created_at__lte=now - LETTER_LIFE).delete()
    if given_up:
        logger.error("A mail could not be sent within a day, and is given up. letters=%d", given_up)
    return given_up > 0


def forget(*, addresses: Collection[str]) -> None:
    """Send nothing that still waits to go to these, in the caller's transaction."""
    Letter.objects.filter(recipient__in=addresses).delete()


def is_for_workers() -> bool:
    """Whether Celery's workers send mail, and not the servers."""
    return bool(settings.REDIS_URL) and not settings.WORKER_IN_SERVER


def is_sent_from_here() -> bool:
    """Whether this process may reach a mail server itself."""
    return bool(settings.EMAIL_BACKEND == _SMTP)


def pause_s(tries: int) -> int:
    """Return how long to wait after so many tries that failed."""
    return int(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(tries - 1, 10)))


def _send(letter: Letter) -> None:
    """Hand it to the mail server.

    Raises:
        OSError: It is not taken; every SMTPException is one.
    """
    outcome = Outcome.FAILED
    sender = settings.DEFAULT_FROM_EMAIL
    name = f"<{letter.pk}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    try:
        EmailMessage(
            letter.subject, letter.body, sender, [letter.recipient], headers={"Message-ID": name}
        ).send()
        outcome = Outcome.SENT
    except SMTPRecipientsRefused:
        outcome = Outcome.REFUSED
        raise
    finally:
        TRIED.labels(outcome.value).inc()


def _claim(letter_id: UUID, *, now: datetime) -> Letter | None:
    """Take a letter for one try; None if it is sent, not due, or somebody else's for now."""
    # One that was never tried is due, whatever this machine's clock says.
    due = Q(tries=0) | Q(due_at__lte=now)
    with transaction.atomic():
        rows = Letter.objects.select_for_update(no_key=True, skip_locked=True)
        letter = rows.filter(due, pk=letter_id).first()
        if letter is not None:
            letter.tries += 1
            letter.due_at = now + LEASE
            letter.save(update_fields=["tries", "due_at"])
    return letter


def _ours(letter: Letter) -> QuerySet[Letter]:
    """Return its row, unless somebody else has it by now."""
    return Letter.objects.filter(pk=letter.pk, tries=letter.tries)


def _put_off(letter: Letter, error: OSError) -> None:
    about = (letter.tries, error, letter.template)
    if letter.tries >= TRIES:
        logger.error("A mail could not be sent, and is given up after %d tries: %r. template=%s", *about)
        _ours(letter).delete()
    else:
        logger.warning("A mail could not be sent in try %d: %r. template=%s", *about)
        due_at = clock.now() + timedelta(seconds=pause_s(letter.tries))
        _ours(letter).update(due_at=due_at, told_at=None)


class Postman:
    """Tells Celery's workers of letters, or sends them, in a thread of its own. It loses nothing: rows stay."""

    def __init__(self) -> None:
        self._waiting: dict[UUID, bool] = {}  # in their order, and whether a sweep found them
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stops = False
        self._broker: Any = None

    def take(self, letter_ids: Collection[UUID], *, again: bool = False) -> None:
        """See to these letters.

        Args:
            letter_ids: Which.
            again: A sweep found them. Who sweeps may have no way out of its network, so where workers send mail it
                leaves them to these, also while the broker is away.
        """
        with self._changed:
            for letter_id in letter_ids:
                self._waiting.setdefault(letter_id, again)
            self._changed.notify()
            if self._thread is None:
                self._stops = False
                self._thread = threading.Thread(target=self._run, name="mail", daemon=True)
                self._thread.start()

    def drain(self, *, timeout_s: float = DRAINED_WITHIN_S) -> None:
        """See to each letter that waits, and stop; what is left when the time is up is told of again elsewhere."""
        with self._changed:
            if (thread := self._thread) is None:
                return
            self._stops = True
            self._changed.notify()
        thread.join(timeout_s)
        with self._changed:
            self._waiting.clear()

    def _run(self) -> None:
        while (found := self._next()) is not None:
            letter_id, again = found
            close_old_connections()
            try:
                if is_for_workers() and (self._told_workers(letter_id, again=again) or again):
                    continue
                deliver(letter_id)
            except Exception:
                logger.exception("A mail waits for its next turn.")
            finally:
                close_old_connections()

    def _next(self) -> tuple[UUID, bool] | None:
        """Wait for the next letter; None when this process ends and none is left."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stops)
            if not self._waiting:
                self._thread = None
                return None
            letter_id = next(iter(self._waiting))
            return letter_id, self._waiting.pop(letter_id)

    def _told_workers(self, letter_id: UUID, *, again: bool) -> bool:
        """Tell Celery's workers of a letter; False if the broker is away."""
        from celery import Celery  # only where there is a broker: the embedded run is spared it
        from redis import Redis

        if self._broker is None:
            self._broker = Celery("taskengine", broker=settings.REDIS_URL, set_as_current=False)
            self._broker.conf.update(settings.CELERY)
        try:
            if again:
                with Redis.from_url(
                    settings.REDIS_URL,
                    socket_timeout=_REDIS_TIMEOUT_S,
                    socket_connect_timeout=_REDIS_TIMEOUT_S,
                ) as client:
                    if client.llen(QUEUE) >= MOST_TOLD:
                        return True
            self._broker.send_task(TASK_NAME, args=[str(letter_id)], queue=QUEUE, retry=False)
        except Exception as error:  # noqa: BLE001 (whatever the broker does, the row stays)
            logger.warning("Celery's broker does not answer; the sweep tells again of a mail: %r", error)
            return False
        return True


postman: Final = Postman()
