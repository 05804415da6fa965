"""The doorbell's second topic: some sockets may have lost their right to listen."""

from collections.abc import Iterable
from typing import Final
from uuid import UUID

from django.db import transaction

from realtime.publisher import doorbell

LISTENERS_TOPIC: Final = "listeners"


def ring(streams: Iterable[UUID]) -> None:
    """Have every process ask, after the commit, whether the sockets of some streams may still listen.

    A hint and no verdict: the database is asked, so that a ring too many closes nothing and one that is
    lost costs a round of the repair query. It names streams and never a session, whose key is a secret.
    """
    names = [str(stream) for stream in streams]
    if names:
        transaction.on_commit(lambda: doorbell.publish(LISTENERS_TOPIC, names), robust=True)
