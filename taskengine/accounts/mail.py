"""Takes mail to the mail server, outside of the request that it follows from: a slow server holds up nobody.

A letter is a row, which is the truth: written with what it is about, deleted when the mail server has it. Whoever is to
send it is told its id alone, a worker of Celery's or a thread of this process; that is only a hint. Who claims the row has
it for one try (`letters`), and a sweep tells again of what was lost, and of what is due once more. A backend that calls nobody
(console, file, memory) is used at once, and needs no row.
"""

import logging
import threading
from collections.abc import Collection
from functools import partial
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import close_old_connections, transaction
from redis import Redis

from taskengine import cache, clock
from taskengine.accounts import letters
from taskengine.accounts.models import Letter
from taskengine.rates import Rate
from taskengine.workers import celery_client, celery_works

logger = logging.getLogger(__name__)

TASK_NAME: Final = "taskengine.mail"
# Of Celery's own, so that letters and breakdowns wait in two lines, which are served in turn.
QUEUE: Final = "mail"
# No more hints are added to so many that wait: with the workers gone for a day they would fill Redis.
MOST_TOLD: Final = 1_000
DRAINED_WITHIN_S: Final = 5.0
_SMTP: Final = "django.core.mail.backends.smtp.EmailBackend"
_REDIS_TIMEOUT_S: Final = 3


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
        letters.send(letter)
    except OSError:
        logger.exception("A mail could not be sent. template=%s", template)


def _are_enough(template: str, to: str) -> bool:
    """Count a letter, and say whether it is one too many of its kind for an address."""
    rate = Rate.parse(settings.RATE_LIMIT_LETTER, name="LETTER")
    if rate is None:
        return False
    key = sha256(f"{template} {to.lower()}".encode()).hexdigest()
    return cache.hit(f"letter:{key}", window_s=rate.period_s).count > rate.limit


def is_sent_from_here() -> bool:
    """Whether this process may reach a mail server itself."""
    return bool(settings.EMAIL_BACKEND == _SMTP)


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
                if celery_works() and (self._told_workers(letter_id, again=again) or again):
                    continue
                letters.deliver(letter_id)
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
        if self._broker is None:
            self._broker = celery_client()
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
