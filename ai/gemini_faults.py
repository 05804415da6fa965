"""What goes wrong with Gemini, by its names, and what may help.

Source: the finish and block reasons are those of google-genai 3.4 (`google.genai.types`); the shape of
a 429 is google.rpc's `RetryInfo`.
"""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from google.genai import errors, types

from ai.errors import (
    InvalidOutput,
    PlanBlocked,
    PlannerError,
    PlannerRefusedUs,
    PlannerTimeout,
    PlannerUnavailable,
    PlanTruncated,
    QuotaExceeded,
)

_MAX_RETRY_AFTER_S: Final = 86_400.0
_MAX_REASON_CHARS: Final = 500
_CUT: Final = {"MAX_TOKENS", "CONTINUATION"}
_FINE: Final = {"STOP", "FINISH_REASON_UNSPECIFIED"}
_BLOCKED: Final = {
    "SAFETY", "RECITATION", "LANGUAGE", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "ESCALATION", "PUP_LIMITED_DISABLED",
    "MODEL_ARMOR", "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION",
}  # fmt: skip


class Remedy(Enum):
    """What may help after a call failed. A first call may be repeated before its first step only."""

    NONE = "none"
    AGAIN = "again"
    OTHER_MODEL = "other_model"
    SECOND_CALL = "second_call"  # to ask for what the answer lacks


class CallFailed(Exception):
    """One call to a model failed.

    Args:
        error: What it means to whoever asked for the plan.
        remedy: What may help.
    """

    def __init__(self, error: PlannerError, remedy: Remedy) -> None:
        super().__init__(error.reason)
        self.error = error
        self.remedy = remedy

    @property
    def is_outage(self) -> bool:
        """Whether it counts against the model: the line or the service, and not this one answer."""
        kinds = (PlannerUnavailable, PlannerTimeout, QuotaExceeded)
        return isinstance(self.error, kinds) and not isinstance(self.error, PlannerRefusedUs)


def from_exception(error: Exception) -> CallFailed:
    """Name what the SDK, or the line under it, raised."""
    reason = f"{type(error).__name__}: {error}"[:_MAX_REASON_CHARS]
    if isinstance(error, TimeoutError):
        return CallFailed(PlannerTimeout("The time was up."), Remedy.OTHER_MODEL)
    if not isinstance(error, errors.APIError):
        # httpx's errors, a cut chunk of SSE, a shape that the SDK doesn't know: the line is at fault.
        return CallFailed(PlannerUnavailable(reason), Remedy.AGAIN)
    code: object = error.code  # in a stream it is what the service wrote
    if code == 429:
        return CallFailed(QuotaExceeded(reason, retry_after_s=_retry_after_s(error)), Remedy.OTHER_MODEL)
    if code == 404:
        return CallFailed(PlannerRefusedUs(reason), Remedy.OTHER_MODEL)  # the model is gone
    if isinstance(code, int) and 400 <= code < 500:
        return CallFailed(PlannerRefusedUs(reason), Remedy.NONE)
    return CallFailed(PlannerUnavailable(reason, retry_after_s=_retry_after_s(error)), Remedy.AGAIN)


def of_chunk(chunk: types.GenerateContentResponse) -> CallFailed | None:
    """Return what a chunk of the answer says went wrong; None where it says nothing."""
    feedback = chunk.prompt_feedback
    if feedback and feedback.block_reason:
        return CallFailed(
            PlanBlocked(f"The prompt was blocked: {_name(feedback.block_reason)}."), Remedy.NONE
        )
    candidate = chunk.candidates[0] if chunk.candidates else None
    finish = _name(candidate.finish_reason) if candidate and candidate.finish_reason else ""
    if not finish or finish in _FINE:
        return None
    if finish in _BLOCKED:
        return CallFailed(PlanBlocked(f"The answer was blocked: {finish}."), Remedy.NONE)
    if finish in _CUT:
        return CallFailed(PlanTruncated(f"The answer was cut off: {finish}."), Remedy.SECOND_CALL)
    return CallFailed(InvalidOutput(f"The answer ended with {finish}."), Remedy.SECOND_CALL)


def has_finished(chunk: types.GenerateContentResponse) -> bool:
    """Whether a chunk says that it is the last."""
    return bool(chunk.candidates and chunk.candidates[0].finish_reason)


def _name(reason: Enum) -> str:
    return str(reason.value).upper()


def _retry_after_s(error: errors.APIError) -> float | None:
    """Return the delay that the service asks for, in seconds; None where it names none."""
    body = error.details.get("error", error.details) if isinstance(error.details, Mapping) else {}
    details = body.get("details") if isinstance(body, Mapping) else None
    delays: list[Any] = [
        detail.get("retryDelay")
        for detail in (details if isinstance(details, list) else ())
        if isinstance(detail, Mapping) and str(detail.get("@type", "")).endswith("RetryInfo")
    ]
    headers = getattr(error.response, "headers", None)
    delays.append(headers.get("retry-after") if headers else None)
    for delay in delays:
        if isinstance(delay, str) and (
            match := re.fullmatch(r"(\d{1,7}(?:\.\d{1,9})?)s?", delay.strip(), re.ASCII)
        ):
            return min(float(match[1]), _MAX_RETRY_AFTER_S)
    return None
