"""Records events and rings for them, as a replica of the engine does, in a process that has Django.

It reads a `Plan` from standard input and answers with a line of JSON: when the doorbell was rung for each
message, in seconds since 1970.
"""

import gc
import json
import sys
import time
from collections.abc import Sequence
from typing import Any, Final
from uuid import UUID

from bench._messages import Plan, payload

_READY_S: Final = 1.0  # for the doorbell to reach Redis, and to be rid of the last ring


def _main() -> None:
    import django  # only in the child: the measurement itself has no settings

    django.setup()
    from django.db import connection, transaction

    from realtime import outbox
    from realtime.publisher import doorbell
    from taskengine import clock

    rung: list[float] = []
    sent: list[float] = []

    def hear(rings: list[Any]) -> None:  # called at the moment of the ring, before it goes to Redis
        if rings:
            rung.append(time.time())

    def record(streams: Sequence[str], first: int) -> None:
        with transaction.atomic():
            outbox.record(
                [
                    outbox.Draft(
                        stream=UUID(stream),
                        type="task.missed",
                        at=clock.now(),
                        actor=None,
                        op_id=None,
                        data={"task": payload(number)},
                    )
                    for number, stream in enumerate(streams, first)
                ]
            )
        sent.extend([rung.pop()] * len(streams))

    plan = Plan.read(sys.stdin.read())
    doorbell.subscribe(outbox.STREAMS_TOPIC, hear)
    with connection.cursor() as cursor:
        # It is the way from the ring that is measured; the flush of a commit would only slow the pace.
        cursor.execute("SET synchronous_commit = off")
    doorbell.publish(outbox.STREAMS_TOPIC, [])
    time.sleep(_READY_S)
    gc.freeze()  # as a replica does
    plan.carry_out(record)
    time.sleep(_READY_S)
    print(json.dumps(sent), flush=True)


if __name__ == "__main__":
    _main()
