"""What becomes of a letter: a row until the mail server has it, for whoever claims it for one try."""

import logging
from collections.abc import Collection
from datetime import datetime, timedelta
from email.utils import parseaddr
from enum import StrEnum
from smtplib import SMTPRecipientsRefused
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Q, QuerySet
from prometheus_client import Counter

from taskengine import clock
from taskengine.accounts.models import Letter

logger = logging.getLogger(__name__)

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
        send(letter)
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


def pause_s(tries: int) -> int:
    """Return how long to wait after so many tries that failed."""
    return int(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(tries - 1, 10)))


def send(letter: Letter) -> None:
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
