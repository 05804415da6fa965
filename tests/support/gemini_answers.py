"""What the fake Gemini (`tests/support/gemini.py`) is told to answer, with every fault on demand."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

USAGE = {"promptTokenCount": 100, "candidatesTokenCount": 50, "thoughtsTokenCount": 7, "totalTokenCount": 157}
Ending = Literal["whole", "closed", "reset", "silent"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """The model's text, and what happens while it is sent.

    Attributes:
        texts: The text, one chunk of SSE each.
        finish: The finish reason of the last chunk; None for none.
        block: The block reason of the prompt instead of an answer.
        usage: The usage metadata of the last chunk.
        pause_s: What is waited between chunks, in seconds.
        hold_before: The number of the chunk before which the server waits for `FakeGemini.release`.
        bytes_at_a_time: How many bytes go out in one write; 0 for all of a chunk.
        byte_pause_s: What is waited between such writes, in seconds.
        stop_after_bytes: After how many bytes of the stream it ends as `ending` says; None for all of it.
        ending: `whole`: as it should. `closed`: in order, as a proxy does. `reset`: by a reset.
            `silent`: nothing more comes, and nobody hangs up.
        extra: Fields that no version of the SDK knows, for the response, the candidate and the part.
        error: An error object in the last chunk, in place of an ending.
    """

    texts: Sequence[str] = ()
    finish: str | None = "STOP"
    block: str | None = None
    usage: Mapping[str, int] = field(default_factory=lambda: USAGE)
    pause_s: float = 0.0
    hold_before: int | None = None
    bytes_at_a_time: int = 0
    byte_pause_s: float = 0.0
    stop_after_bytes: int | None = None
    ending: Ending = "whole"
    extra: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None

    def chunks(self) -> list[dict[str, Any]]:
        """Return the responses of the stream."""
        if self.block:
            return [
                {
                    "promptFeedback": {"blockReason": self.block},
                    "usageMetadata": dict(self.usage),
                    **self.extra,
                }
            ]
        made: list[dict[str, Any]] = []
        for text in self.texts:
            part = {"text": text, **self.extra}
            candidate = {"content": {"role": "model", "parts": [part]}, "index": 0, **self.extra}
            made.append({"candidates": [candidate], "modelVersion": "fake", **self.extra})
        if self.error:
            return [*made, {"error": dict(self.error)}]
        if self.finish:
            made = made or [{"candidates": [{"index": 0}]}]
            made[-1]["candidates"][0]["finishReason"] = self.finish
        if made:
            made[-1]["usageMetadata"] = dict(self.usage)
        return made


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """An error in place of an answer.

    Attributes:
        status: The HTTP status.
        name: The status's name in the body, such as `RESOURCE_EXHAUSTED`.
        retry_delay: The `retryDelay` of a `RetryInfo`, such as `34.5s`.
        headers: Further headers.
        body: What stands in place of the usual JSON.
    """

    status: int
    name: str = "UNAVAILABLE"
    retry_delay: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None

    def encoded(self) -> bytes:
        """Return the body."""
        if self.body is not None:
            return self.body
        details: list[dict[str, Any]] = [{"@type": "type.googleapis.com/google.rpc.Help", "links": []}]
        if self.retry_delay:
            details.append(
                {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": self.retry_delay}
            )
        error = {
            "code": self.status,
            "message": "As the test asked.",
            "status": self.name,
            "details": details,
        }
        return json.dumps({"error": error}).encode()


@dataclass(frozen=True, kw_only=True, slots=True)
class Hang:
    """The request is read, and nothing ever comes back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HangUp:
    """The request is read, and the connection is reset."""


Reaction = Stream | Failure | Hang | HangUp


def step(key: str, title: str, **fields: Any) -> dict[str, Any]:
    """Return a step as the model writes it."""
    return {
        "key": key,
        "title": title,
        "why": "",
        "done_when": f"The list has a line for {key}.",
        "estimate_min": 30,
        "depends_on": [],
        "optional": False,
        **fields,
    }


STEPS = (
    step("sources", "Collect ten sources on urban trees", estimate_min=120),
    step("question", "Write down the question the thesis answers", estimate_min=45, depends_on=["sources"]),
    step("outline", "Outline the chapters", estimate_min=60, depends_on=["question"]),
    step("draft", "Draft the chapter on methods", estimate_min=240, depends_on=["outline"]),
    step("check", "Check every citation against its source", estimate_min=90, depends_on=["draft"]),
)


def plan(steps: Sequence[Mapping[str, Any]] = STEPS, **fields: Any) -> str:
    """Return a whole answer as the model writes it."""
    whole = {
        "verdict": "steps",
        "reason": "",
        "questions": [],
        "steps": list(steps),
        "assumptions": ["The topic is settled."],
        "risks": ["The library closes early: order books first."],
        **fields,
    }
    return json.dumps(whole, ensure_ascii=False)
