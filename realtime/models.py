"""The outbox: streams and the events in them."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


def new_epoch() -> str:
    """Return a name for a history that no other history has."""
    return uuid.uuid4().hex


class Stream(models.Model):
    """The ordered events that one user may see.

    Its row lock is what puts them in order: `seq` is taken under it and kept until commit.
    """

    id = models.UUIDField(primary_key=True)
    epoch = models.CharField(max_length=32, default=new_epoch)
    seq = models.BigIntegerField(default=0, help_text="The head: the last event's seq, 0 before the first.")
    min_seq = models.BigIntegerField(default=1, help_text="The first event that was not trimmed.")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(seq__gte=0, min_seq__gte=1), name="realtime_stream_counts"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.id} @ {self.seq}"


class EventRow(models.Model):
    """One event, written in the transaction that made it true."""

    pk = models.CompositePrimaryKey("stream_id", "seq")  # also the order in which it is read
    # No constraint: the database would look at the stream once more for each event, an eighth of what a burst
    # costs. `outbox.APPEND` is the only way in, and writes only where it has just numbered the stream.
    stream = models.ForeignKey(
        Stream, on_delete=models.CASCADE, db_index=False, db_constraint=False, related_name="events"
    )
    seq = models.BigIntegerField()
    id = models.UUIDField()
    type = models.CharField(max_length=64)
    at = models.DateTimeField()
    actor = models.UUIDField(null=True)
    op_id = models.UUIDField(null=True)
    data = models.JSONField()
    recorded_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "realtime_event"

    def __str__(self) -> str:
        return f"{self.type} {self.seq}"
