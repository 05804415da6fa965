"""What is sent in `fanout`: the same messages by everybody, at the same pace."""

import dataclasses
import json
import time
from collections.abc import Callable, Sequence
from typing import Any, Final, Self

_NOTES: Final = (
    "What is to be told of a task is some seven hundred characters long, its notes among them. " * 4
)


def payload(number: int) -> dict[str, Any]:
    """Return the message of that number: about as large as a task."""
    return {
        "id": str(number),
        "title": f"Message {number}",
        "notes": _NOTES,
        "bucket": "missed",
        "priority": 4,
    }


@dataclasses.dataclass(frozen=True, kw_only=True)
class Plan:
    """When which streams are told something.

    Attributes:
        rounds: `(seconds after the start, streams)`, in order. Each stream of a round gets a message of its
            own, all at once; messages are numbered from 0 on through all rounds.
    """

    rounds: Sequence[tuple[float, Sequence[str]]]

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what `text` wrote."""
        return cls(rounds=[(offset_s, streams) for offset_s, streams in json.loads(text)])

    def text(self) -> str:
        """Return the plan as JSON, for another process."""
        return json.dumps(self.rounds)

    @property
    def duration_s(self) -> float:
        """How long it takes from the first round to the last."""
        return self.rounds[-1][0]

    def carry_out(self, send: Callable[[Sequence[str], int], None]) -> None:
        """Call `send(streams, number of the first message)` for each round, at its time or soon after."""
        begun, number = time.monotonic(), 0
        for offset_s, streams in self.rounds:
            time.sleep(max(0.0, begun + offset_s - time.monotonic()))
            send(streams, number)
            number += len(streams)
