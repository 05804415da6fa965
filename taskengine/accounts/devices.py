"""The list of a person's log-ins: on which device, since when, and when it was last seen.

allauth keeps the rows (`UserSession`); `logins` ends them.
"""

from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from threading import Lock
from typing import Final

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet

from taskengine import clock
from taskengine.accounts import audit, logins
from taskengine.accounts.audit import Action
from taskengine.accounts.errors import SessionNotFound
from taskengine.accounts.models import User

# A device is noted again after so long: requests come by the thousand, and each note is a write.
SEEN_INTERVAL: Final = timedelta(minutes=5)
_MAX_REMEMBERED: Final = 4096  # sessions
# Who is being noted by another process, too, needs no second note, and nobody waits for one.
_SEEN: Final = """
UPDATE usersessions_usersession SET last_seen_at = %s WHERE id IN (
    SELECT id FROM usersessions_usersession WHERE session_key = ANY(%s) AND last_seen_at <= %s
    FOR NO KEY UPDATE SKIP LOCKED
)
"""


def of(user: User) -> QuerySet[UserSession]:
    """Return a person's log-ins that stand, their sessions' rows being the authority."""
    alive = Session.objects.filter(session_key=OuterRef("session_key"), expire_date__gt=clock.now())
    found: QuerySet[UserSession] = UserSession.objects.filter(Exists(alive), user=user)
    return found


def end_one(*, user: User, session_id: int) -> str:
    """End one of a person's log-ins, and return its key.

    Raises:
        SessionNotFound: There is none, or it is somebody else's.
    """
    found = list(UserSession.objects.filter(user=user, pk=session_id))
    if not found:
        raise SessionNotFound
    end(found)
    return str(found[0].session_key)


def end_all(*, user: User, but: str | None = None) -> None:
    """End a person's log-ins, everywhere.

    Args:
        user: Whose.
        but: The key of the one to keep; None: none.
    """
    end(UserSession.objects.filter(user=user).exclude(session_key=but or ""))


def end(sessions: Iterable[UserSession]) -> None:
    """End log-ins of one person, at their own wish, in a fixed number of statements."""
    ended = list(sessions)
    if not ended:
        return
    owner = ended[0].user_id
    with transaction.atomic():
        logins.end(session_keys=[session.session_key for session in ended])
        audit.record(
            action=Action.SESSIONS_ENDED, subject_id=owner, actor_id=owner, details={"count": len(ended)}
        )


class _Sightings:
    """Which log-ins this process noted lately, so that a request seldom writes."""

    def __init__(self) -> None:
        self._noted: OrderedDict[str, datetime] = OrderedDict()
        self._lock = Lock()

    def is_due(self, session_key: str, now: datetime) -> bool:
        """Whether a log-in is to be noted; from now on it was."""
        with self._lock:
            noted = self._noted.get(session_key)
            if noted is not None and abs(now - noted) < SEEN_INTERVAL:
                return False
            self._noted[session_key] = now
            self._noted.move_to_end(session_key)
            if len(self._noted) > _MAX_REMEMBERED:
                self._noted.popitem(last=False)
            return True


_sightings: Final = _Sightings()


def seen(session_keys: Iterable[str]) -> None:
    """Note that some log-ins were used: by one statement, and each at most every five minutes in a process."""
    now = clock.now()
    due = [key for key in session_keys if _sightings.is_due(key, now)]
    if due:
        with connection.cursor() as cursor:
            cursor.execute(_SEEN, [now, due, now - SEEN_INTERVAL])


def begun(session_key: str) -> None:
    """Take a new log-in for noted: its row was made just now."""
    _sightings.is_due(session_key, clock.now())
