"""Which planner there is: Gemini where a key is set, rules otherwise."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.conf import settings

from ai.errors import PlannerRefusedUs
from ai.offline import OfflinePlanner
from ai.plans import Planner
from taskengine.accounts.models import User

if TYPE_CHECKING:
    from ai.gemini import GeminiPlanner, Patience

GEMINI: Final = "gemini"
OFFLINE: Final = "offline"


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A planner's name, the model that it asks first (None where there is none), and what it is told."""

    name: str
    model: str | None
    sends: str

    @property
    def costs(self) -> bool:
        """Whether it is paid for, so that it counts in the budget."""
        return self.name == GEMINI


def choice_for(person: User) -> Choice:
    """Return the planner that makes a person's breakdowns. A guest of the demo costs nobody anything."""
    if settings.GEMINI_API_KEY and not person.is_guest:
        return Choice(
            name=GEMINI,
            model=settings.GEMINI_MODEL,
            sends=(
                "The goal, its notes, your context and answers, today's date, and the draft's own steps are"
                " sent to Google's Gemini. Nothing else is: no name, no address, no deadline, none of your"
                " other tasks."
            ),
        )
    return Choice(
        name=OFFLINE,
        model=None,
        sends="Nothing leaves this server: the steps are made by rules, without AI.",
    )


class Planners:
    """The planners of one process. Kept as long as it lives, for they remember which models fail.

    Args:
        patience: How much is tried before Gemini is given up; None for its own.
    """

    def __init__(self, *, patience: "Patience | None" = None) -> None:
        self._offline = OfflinePlanner()
        self._gemini = _gemini(patience) if settings.GEMINI_API_KEY else None

    def named(self, name: str) -> Planner:
        """Return a planner.

        Raises:
            PlannerRefusedUs: This process has no key for it.
        """
        if name == OFFLINE:
            return self._offline
        if self._gemini is None:
            raise PlannerRefusedUs("This process has no GEMINI_API_KEY.")
        return self._gemini

    async def aclose(self) -> None:
        """Close connections, before the event loop ends that they belong to."""
        if self._gemini is not None:
            await self._gemini.aclose()


def _gemini(patience: "Patience | None") -> "GeminiPlanner":
    from ai.gemini import GeminiPlanner  # seconds and a lot of memory, only where there is a key

    return GeminiPlanner(
        api_key=settings.GEMINI_API_KEY,
        base_url=settings.GEMINI_BASE_URL or None,
        model=settings.GEMINI_MODEL,
        fallback_model=settings.GEMINI_FALLBACK_MODEL or None,
        patience=patience,
    )
