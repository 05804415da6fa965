"""The other process of a peer in `fanout`: it reads a plan and publishes each message over Redis."""

import json
import sys
import time
from collections.abc import Callable, Sequence

from bench._messages import Plan, payload

_READY_S = 1.0


def send_all(publish: Callable[[Sequence[tuple[str, str]]], None]) -> None:
    """Carry out the plan on standard input, and answer when each message was sent.

    Args:
        publish: Sends pairs of a stream and a message's JSON, all at once.
    """
    sent: list[float] = []

    def send(streams: Sequence[str], first: int) -> None:
        messages = [(stream, json.dumps(payload(number))) for number, stream in enumerate(streams, first)]
        sent.extend([time.time()] * len(streams))
        publish(messages)

    plan = Plan.read(sys.stdin.read())
    publish([])
    time.sleep(_READY_S)
    plan.carry_out(send)
    time.sleep(_READY_S)
    print(json.dumps(sent), flush=True)
