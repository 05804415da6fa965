"""Why there is no plan. The docstring of each is the sentence for people; the code is for programs."""

from typing import ClassVar

from ai.plans import Usage


class PlannerError(Exception):
    """The planner could not make a plan."""

    code: ClassVar[str]

    def __init__(
        self,
        reason: str = "",
        *,
        retry_after_s: float | None = None,
        usage: Usage | None = None,
    ) -> None:
        """Keep what is known of the fault.

        Args:
            reason: What exactly happened, for logs; it may hold a foreign server's words, so it is
                shown to nobody else.
            retry_after_s: When another try may succeed, in seconds, where it is known.
            usage: What was spent before it failed.
        """
        super().__init__(self.sentence)
        self.reason = reason
        self.retry_after_s = retry_after_s
        self.usage = usage

    @property
    def sentence(self) -> str:
        """What to tell the person who asked."""
        return (type(self).__doc__ or "").strip()


class PlanBlocked(PlannerError):
    """The AI service declined to plan this goal. Wording it differently may help."""

    code = "ai_blocked"


class PlanTruncated(PlannerError):
    """The plan was cut off before its end. A coarser breakdown may fit."""

    code = "ai_truncated"


class InvalidOutput(PlannerError):
    """The AI service's answer was not a usable plan."""

    code = "ai_invalid_output"


class QuotaExceeded(PlannerError):
    """The AI service's quota is used up for now."""

    code = "ai_quota"


class PlannerUnavailable(PlannerError):
    """The AI service can't be reached or doesn't work at the moment."""

    code = "ai_unavailable"


class PlannerRefusedUs(PlannerUnavailable):
    """The AI service doesn't accept this server's requests. Its key or settings need a look."""


class PlanNotMade(PlannerUnavailable):
    """This server did not get to making the plan. Try again in a while."""


class PlannerTimeout(PlannerError):
    """The AI service took too long to answer."""

    code = "ai_timeout"


CODES = frozenset(
    error.code
    for error in (
        PlanBlocked,
        PlanTruncated,
        InvalidOutput,
        QuotaExceeded,
        PlannerUnavailable,
        PlannerTimeout,
    )
)
