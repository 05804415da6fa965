"""Takes mail to the mail server, outside of the request that it follows from: a slow server holds up nobody.

Where Celery's workers work a letter is a message to them, tried again until it is taken or too old. Elsewhere, and
while the broker is away, a thread of this process tries it, a few times. Nothing else keeps a letter: what it is about
has been done, and each can be asked for again. A backend that calls nobody (console, file, memory) is used at once.
"""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage

logger = logging.getLogger(__name__)

TASK_NAME: Final = "taskengine.mail"
# Of Celery's own, so that letters and breakdowns wait in two lines, which are served in turn.
QUEUE: Final = "mail"
# The links in a letter are good for a day.
LETTER_LIFE_S: Final = 86_400
FIRST_PAUSE_S: Final = 2
# With a try after it, shorter than the time after which Redis gives a message to another worker (`visibility_timeout`):
# the one that waits for the next try has it all the while.
LONGEST_PAUSE_S: Final = 180
# In a process, where a stop loses what waits. Four minutes.
TRIES: Final = 8
# Of a worker of Celery, which keeps on for about ten hours.
TRIES_OF_WORKER: Final = 206
# A try takes no longer: EMAIL_TIMEOUT is for each read and write.
TIME_LIMIT_S: Final = 60
DRAINED_WITHIN_S: Final = 5.0
_MAX_WAITING: Final = 1_000
_SMTP: Final = "django.core.mail.backends.smtp.EmailBackend"


@dataclass(frozen=True, kw_only=True, slots=True)
class Letter:
    """One mail, ready to go; text alone.

    Attributes:
        template: What it is about, for the log.
    """

    template: str
    subject: str
    body: str
    sender: str
    to: list[str]

    def send(self) -> None:
        """Hand it to the mail server.

        Raises:
            OSError: It is not taken; every SMTPException is one.
        """
        EmailMessage(self.subject, self.body, self.sender, self.to).send()

    def payload(self) -> dict[str, Any]:
        """Return it for the broker."""
        return asdict(self)

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "Letter":
        """Return what a payload was made of."""
        return cls(**payload)


def post(letter: Letter) -> None:
    """Have a letter sent. Waits for nobody, and raises nothing for what a mail server does."""
    if settings.EMAIL_BACKEND == _SMTP:
        postman.take(letter)
        return
    try:
        letter.send()
    except OSError:
        logger.exception("A mail could not be sent. template=%s", letter.template)


def pause_s(tries: int) -> int:
    """Return how long to wait after so many tries that failed."""
    return int(min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2 ** min(tries - 1, 10)))


class Postman:
    """Carries this process's letters, to the broker or to the mail server, in a thread of its own."""

    def __init__(self) -> None:
        self._waiting: list[tuple[float, int, int, Letter]] = []  # when, in which order, tried how often
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._stops_at: float | None = None  # by `time.monotonic()`
        self._broker: Any = None

    def take(self, letter: Letter) -> None:
        """Carry one more letter; too many are dropped, and logged."""
        with self._changed:
            if len(self._waiting) >= _MAX_WAITING:
                logger.error("A mail was dropped: too many wait already. template=%s", letter.template)
                return
            self._put(letter, tries=0, at=time.monotonic())
            if self._thread is None:
                self._stops_at = None
                self._thread = threading.Thread(target=self._run, name="mail", daemon=True)
                self._thread.start()

    def drain(self, *, timeout_s: float = DRAINED_WITHIN_S) -> None:
        """Try each letter that waits once more, and stop; what is left when the time is up is lost, and logged."""
        with self._changed:
            if (thread := self._thread) is None:
                return
            self._stops_at = time.monotonic() + timeout_s
            self._changed.notify()
        thread.join(timeout_s)
        with self._changed:
            for _, _, _, letter in self._waiting:
                logger.error("A mail is lost: this process ends. template=%s", letter.template)

    def _put(self, letter: Letter, *, tries: int, at: float) -> None:
        heapq.heappush(self._waiting, (at, next(self._order), tries, letter))
        self._changed.notify()

    def _run(self) -> None:
        while (found := self._next()) is not None:
            letter, tries = found
            try:
                if not self._to_a_worker(letter):
                    letter.send()
            except OSError as error:
                self._again(letter, tries=tries + 1, error=error)
            except Exception:
                logger.exception("A mail can't be sent. template=%s", letter.template)

    def _next(self) -> tuple[Letter, int] | None:
        """Wait for the next letter whose time has come; None when this process ends and none is left."""
        with self._changed:
            while True:
                now = time.monotonic()
                if self._stops_at is not None and (not self._waiting or now >= self._stops_at):
                    self._thread = None
                    return None
                if self._waiting and (self._stops_at is not None or self._waiting[0][0] <= now):
                    _, _, tries, letter = heapq.heappop(self._waiting)
                    return letter, tries
                self._changed.wait(self._waiting[0][0] - now if self._waiting else None)

    def _again(self, letter: Letter, *, tries: int, error: OSError) -> None:
        with self._changed:
            if tries >= TRIES or self._stops_at is not None:
                logger.error(
                    "A mail could not be sent, and is given up after %d tries: %r. template=%s",
                    tries,
                    error,
                    letter.template,
                )
                return
            logger.warning(
                "A mail could not be sent, and is tried again: %r. template=%s", error, letter.template
            )
            self._put(letter, tries=tries, at=time.monotonic() + pause_s(tries))

    def _to_a_worker(self, letter: Letter) -> bool:
        """Hand a letter to Celery's workers; False where there are none, or the broker is away."""
        if not settings.REDIS_URL or settings.WORKER_IN_SERVER:
            return False
        from celery import Celery  # only where there is a broker: the embedded run is spared it

        if self._broker is None:
            self._broker = Celery("taskengine", broker=settings.REDIS_URL, set_as_current=False)
            self._broker.conf.update(settings.CELERY)
        try:
            self._broker.send_task(
                TASK_NAME, args=[letter.payload()], queue=QUEUE, retry=False, expires=LETTER_LIFE_S
            )
        except Exception as error:  # noqa: BLE001 (whatever the broker does, the letter goes)
            logger.warning("Celery's broker does not answer; the mail goes from here: %r", error)
            return False
        return True


postman: Final = Postman()
