"""The port: what a planner is asked, what it answers, and how it hands the steps over.

Nothing here reads a clock, a file or the network.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol
from zoneinfo import ZoneInfo

MIN_ESTIMATE_MIN: Final = 5
MAX_ESTIMATE_MIN: Final = 240
MAX_TITLE_CHARS: Final = 120
MAX_TEXT_CHARS: Final = 300  # of a why, a done_when, a question, an assumption, a risk
MAX_QUESTIONS: Final = 3
MAX_REMARKS: Final = 5  # assumptions, and risks, each


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """How many steps a plan has: at least `fewest`, at most `most`."""

    fewest: int
    most: int


BANDS: Final = {
    1: Band(fewest=2, most=4),
    2: Band(fewest=3, most=5),
    3: Band(fewest=5, most=8),
    4: Band(fewest=7, most=11),
    5: Band(fewest=10, most=15),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What a person said to one of a planner's questions."""

    question: str
    answer: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One thing to do.

    Attributes:
        key: Its name within the plan: `a-z`, `0-9` and `-`, at most 40 characters.
        title: What to do, at most 120 characters; it starts with a verb.
        why: What it is good for, at most 300 characters; may be empty.
        done_when: What can be checked to tell that it is done, at most 300 characters.
        estimate_min: How long it takes, in minutes, 5 to 240.
        depends_on: The keys of the steps that come before it.
        optional: Whether the goal can be reached without it.
    """

    key: str
    title: str
    why: str = ""
    done_when: str
    estimate_min: int
    depends_on: tuple[str, ...] = ()
    optional: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Brief:
    """What a planner is asked.

    Attributes:
        goal: What the person wants, in their words.
        notes: What else they wrote on the task.
        granularity: How fine the plan is, from 1 (a few large steps) to 5 (many small ones); `BANDS`.
        context: Anything else that matters, such as what the goal is part of.
        answers: What they said to questions of an earlier plan. With any, nothing more is asked.
        language: The language of the plan, such as `de`; None is the goal's own.
        now: The instant of asking, aware.
        zone: Where the person is; with `now` it says which day it is there.
        locked: Steps the plan has already and keeps: a planner does not repeat them, and new steps
            may depend on them. They count in the band.
        siblings: Steps around this goal that are not the plan's own (it is one step of a larger
            plan, which is to be split): a planner does not repeat them either.
        total_min: How long the whole takes, in minutes, where it is known.

    Raises:
        ValueError: The goal is empty, the granularity is none of 1 to 5, or `now` is naive.
    """

    goal: str
    notes: str = ""
    granularity: int = 3
    context: str = ""
    answers: tuple[Answer, ...] = ()
    language: str | None = None
    now: datetime
    zone: ZoneInfo
    locked: tuple[Step, ...] = ()
    siblings: tuple[Step, ...] = ()
    total_min: int | None = None

    def __post_init__(self) -> None:
        if not self.goal.strip():
            raise ValueError("A goal is needed.")
        if self.granularity not in BANDS:
            raise ValueError("The granularity is 1 to 5.")
        if self.now.tzinfo is None:
            raise ValueError("now needs a time zone.")

    @property
    def is_split(self) -> bool:
        """Whether the goal is one step of a larger plan."""
        return bool(self.siblings) or self.total_min is not None

    def splitting(self, step: Step, *, among: Sequence[Step], granularity: int) -> "Brief":
        """Return the brief for breaking one step of this goal's plan down again.

        Args:
            step: The step: its title is the goal, its done_when the notes, its estimate the whole.
            among: The plan's steps.
            granularity: How finely.
        """
        return Brief(
            goal=step.title,
            notes=step.done_when,
            granularity=granularity,
            context=f"One step of: {self.goal}\n{self.context}".strip(),
            answers=self.answers,
            language=self.language,
            now=self.now,
            zone=self.zone,
            siblings=tuple(other for other in among if other.key != step.key),
            total_min=step.estimate_min,
        )

    def band(self) -> Band:
        """Return how many new steps are wanted: what the locked ones leave of the band, at least one."""
        band = BANDS[self.granularity]
        return Band(
            fewest=max(1, band.fewest - len(self.locked)),
            most=max(1, band.most - len(self.locked)),
        )


class Verdict(StrEnum):
    """What a planner made of the goal."""

    STEPS = "steps"
    QUESTIONS = "questions"  # it can't plan before it knows more
    NEEDS_NO_PLAN = "needs_no_plan"  # one action; steps would only be in the way


class Action(StrEnum):
    """What became of a step, or of a part of one."""

    DROPPED = "dropped"
    REPAIRED = "repaired"
    NOTED = "noted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Note:
    """What the gates did, or what a planner has to say about its own work.

    Attributes:
        code: What it is about, such as `not_a_verb` or `estimate_clamped`.
        action: What was done.
        detail: The same as a sentence.
        step: The key of the step; None where it is about the plan.
        title: The step's title, as it came where the step was dropped; None as above.
    """

    code: str
    action: Action
    detail: str
    step: str | None = None
    title: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """What a plan cost, all calls together, in tokens."""

    calls: int = 0
    prompt_tokens: int = 0
    output_tokens: int = 0
    thought_tokens: int = 0
    total_tokens: int = 0

    def __add__(self, other: "Usage") -> "Usage":
        return Usage(
            calls=self.calls + other.calls,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            output_tokens=self.output_tokens + other.output_tokens,
            thought_tokens=self.thought_tokens + other.thought_tokens,
            total_tokens=self.total_tokens + other.total_tokens,
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """A planner's whole answer.

    Attributes:
        verdict: Which of steps, questions and reason there is.
        steps: All new steps, in the order they were handed over. Only `depends_on` may have changed
            since: what pointed ahead is in now, and what would have made a circle is out.
        questions: What the planner has to know first, 1 to 3; only with `Verdict.QUESTIONS`.
        reason: Why the goal needs no plan, a sentence; only with `Verdict.NEEDS_NO_PLAN`.
        assumptions: What the planner took for granted.
        risks: What may go wrong.
        planner: Who made it: `gemini` or `offline`.
        model: The model that answered; None where there is none.
        language: The language it was made in, such as `de`; None where that was left to the model.
        usage: What it cost; None where it cost nothing.
        notes: What was dropped, repaired or is worth knowing.
    """

    verdict: Verdict
    steps: tuple[Step, ...] = ()
    questions: tuple[str, ...] = ()
    reason: str = ""
    assumptions: tuple[str, ...] = ()
    risks: tuple[str, ...] = ()
    planner: str
    model: str | None = None
    language: str | None = None
    usage: Usage | None = None
    notes: tuple[Note, ...] = ()


class Planner(Protocol):
    """What makes plans."""

    @property
    def name(self) -> str:
        """Who it is, as plans say it."""
        ...

    def plan(self, brief: Brief) -> AsyncGenerator[Step | Plan]:
        """Hand over each step as soon as it is known, and at the very end one plan with all of them.

        A step that was handed over is not taken back. Close the generator (`contextlib.aclosing`)
        to stop early: it then lets go of the network.

        Raises:
            ai.errors.PlannerError: There is no plan. The steps handed over before are worth nothing.
        """
        ...
