"""Carrying out one operation: its transaction, its place in the log, and what a retry gets."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from realtime import outbox, tracing
from realtime.ids import new_id
from taskengine import clock, logs
from taskengine.database.statements import prepared
from taskengine.database.table import Table
from taskengine.operations.answers import ANSWER_AGE
from taskengine.operations.errors import (
    AnswerGone,
    OperationIdExpired,
    OperationIdReused,
    OperationInFlight,
    PreconditionFailed,
)
from taskengine.operations.models import Operation
from taskengine.operations.retention import ANSWER_GONE

_OPERATIONS: Final = Table(Operation)


@dataclass(kw_only=True)
class Answer:
    """What the client was told: an HTTP status and a JSON body, None where there is none."""

    status: int
    body: Any


@dataclass(kw_only=True)
class OpenOperation:
    """An operation under way; verbs add what they change.

    Attributes:
        owner_id: Whose tasks it is about.
        actor_id: Who does it: they themselves, or staff.
        locked: Waits until the person's stream is locked.
        id: Its name, which the client may have chosen (`Idempotency-Key`).
        answer: What to tell the client. Set already when this is a retry of one that was carried
            out: then nothing is to be done again.
        changes: What was changed so far.
        expected: The versions that whoever asks has read, by the object's id; of what is not named any will do.
        undoes: The operation that this one takes back; None where it is no undo.
    """

    owner_id: UUID
    actor_id: UUID
    locked: Callable[[], None]
    id: UUID = field(default_factory=new_id)
    answer: Answer | None = None
    changes: list[dict[str, Any]] = field(default_factory=list)
    undoes: UUID | None = None
    expected: dict[UUID, Set[int]] = field(default_factory=dict)
    _now: datetime | None = field(default=None, init=False)

    @property
    def now(self) -> datetime:
        """The instant at which it is done: the first at which somebody asks for it, and after the lock."""
        # No `cached_property`: before Python 3.12 that has one lock for all instances, and all writes of the process
        # would wait for the one that waits for its stream.
        if self._now is None:
            self.locked()
            self._now = clock.now()
        return self._now

    def refuse_if_stale(
        self, object_id: UUID, version: int, current: Callable[[], Mapping[str, Any]]
    ) -> None:
        """Refuse to write to an object that is not what was read. Every bracket asks, right after its lock.

        Args:
            object_id: Which one.
            version: The one it has.
            current: Returns it as the wire has it.

        Raises:
            PreconditionFailed: Another version is expected.
        """
        if object_id in self.expected and version not in self.expected[object_id]:
            raise PreconditionFailed(current())

    @contextmanager
    def part(
        self, *, expected: Mapping[UUID, Set[int]] | None = None, revocable: bool = True
    ) -> Iterator[None]:
        """Open a part of the operation that is done whole or not at all.

        Args:
            expected: The versions that are expected by this part.
            revocable: Whether the operation may go on when the part has failed: then nothing is left of it, in the
                database and here. Otherwise its failure has to end the operation.
        """
        count, whole = len(self.changes), self.expected
        self.expected = dict(expected or {})
        try:
            with transaction.atomic(savepoint=revocable):
                yield
        except BaseException:
            del self.changes[count:]
            raise
        finally:
            self.expected = whole

    def changed(
        self,
        *,
        kind: str,
        object_id: UUID,
        before: Mapping[str, Any] | None,
        after: Mapping[str, Any] | None,
    ) -> None:
        """Add one object's state before and after; None means that it was not there."""
        self.changes.append({"kind": kind, "id": str(object_id), "before": before, "after": after})


@contextmanager
def perform(
    *,
    owner_id: UUID,
    verb: str,
    op_id: UUID | None = None,
    fingerprint: str | None = None,
    actor_id: UUID | None = None,
) -> Iterator[OpenOperation]:
    """Open the transaction of one operation, and write it to the log when the block ends well.

    The person's stream is locked before anything is read, so that their operations come one after the other, and
    the clock is read after it.

    Args:
        owner_id: Whose operation it is: in whose stream and history it stands.
        verb: What is asked for, such as `task.complete`.
        op_id: The client's name for it, which makes a retry safe; None to make one up.
        fingerprint: A digest of the request, at most 64 characters, that a retry must equal.
        actor_id: Who asks, where it is not the owner.

    Raises:
        OperationInFlight: A twin is being carried out by somebody else right now.
        OperationIdReused: The name was used for another request.
        OperationIdExpired: The name was used so long ago that the answer is not kept.
        AnswerGone: It was carried out, and what it was about was purged since.
        UnknownStream: The person is gone.
    """
    name = op_id or new_id()
    traced = tracing.span(f"operation {verb}", begins=[name], op_id=str(name))
    # What is done after the commit is of the operation, too.
    with logs.of_operation(str(name)), traced, ExitStack() as committing, transaction.atomic():
        if op_id is not None:
            refuse_twin_in_flight(owner_id, op_id)
        operation = OpenOperation(
            owner_id=owner_id,
            actor_id=actor_id or owner_id,
            locked=outbox.lock_stream_first(owner_id),
            id=name,
        )
        if op_id is not None:
            operation.answer = _answer_of_twin(operation, fingerprint)
        is_retry = operation.answer is not None
        yield operation
        # Without a key nobody can retry it, so what changed nothing leaves no trace.
        if not is_retry and (op_id is not None or operation.changes):
            answer = operation.answer
            _OPERATIONS.insert(
                _OPERATIONS.new(
                    owner_id=owner_id,
                    id=operation.id,
                    actor_id=actor_id,
                    verb=verb,
                    at=operation.now,
                    changes=operation.changes,
                    undoes=operation.undoes,
                    fingerprint=fingerprint if op_id is not None else None,
                    status=answer.status if answer and op_id is not None else None,
                    answer=answer.body if answer and op_id is not None else None,
                ),
                wait=False,
            )
        committing.enter_context(tracing.span("commit"))  # which begins when this block ends


def refuse_twin_in_flight(owner_id: UUID, op_id: UUID) -> None:
    """Hold the operation's name until commit; whoever comes second is not kept waiting.

    `perform` does so first of all. Whoever locks or writes anything before it does so before that.

    Raises:
        OperationInFlight: A twin is being carried out by somebody else right now.
    """
    # A digest, since a client's names may differ in their last bits only: UUIDs of version 7 of one millisecond do.
    name = hashlib.blake2b(owner_id.bytes + op_id.bytes, digest_size=8).digest()
    key = int.from_bytes(name, "big", signed=True)
    with prepared() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [key])
        row = cursor.fetchone()
    if not (row and row[0]):
        raise OperationInFlight


def _answer_of_twin(operation: OpenOperation, fingerprint: str | None) -> Answer | None:
    """Return what the same operation was answered before, or None when there was none.

    A key is refused for as long as its operation is in the log, and not used again: it is the operation's name,
    in events and for undo, and a retry that comes so late would do a second time what was done.
    """
    twin = Operation.objects.filter(owner_id=operation.owner_id, id=operation.id).first()
    if twin is None:
        return None
    if twin.at <= operation.now - ANSWER_AGE:
        raise OperationIdExpired
    if twin.fingerprint != fingerprint or twin.status is None:
        raise OperationIdReused
    if twin.status == ANSWER_GONE:
        raise AnswerGone
    return Answer(status=twin.status, body=twin.answer)
