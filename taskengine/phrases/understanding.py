"""A line as its person means it: with their zone, their language, and their own projects and labels. Writes nothing."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from taskengine.accounts.models import User
from taskengine.organisation.models import Label, Project
from taskengine.organisation.queries import named_of
from taskengine.phrases import reading
from taskengine.phrases.spans import Span
from taskengine.tasks.deadlines import end_of_day


@dataclass(frozen=True, kw_only=True, slots=True)
class Name:
    """A project or a label that a line names: one that there is, by its id, or one that is new."""

    id: UUID | None
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Understood:
    """What a line means.

    Attributes:
        title: The line without what was understood.
        deadline: The instant by which it is due, in UTC.
        due_date: The day whose end that is, where the line said no time.
        time_zone: The zone it was read in.
        project: Which project; None for none.
        labels: Which labels.
        priority: 1, the highest, to 4; None where the line says none.
        estimate_min: How many minutes it takes.
        spans: What was understood, in the order of the line.
    """

    title: str
    deadline: datetime | None
    due_date: date | None
    time_zone: str
    project: Name | None
    labels: Sequence[Name]
    priority: int | None
    estimate_min: int | None
    spans: Sequence[Span]


def understand(
    *,
    owner: User,
    text: str,
    now: datetime,
    time_zone: str | None = None,
    language: str | None = None,
    plain: Sequence[str] = (),
) -> Understood:
    """Read a line for a person.

    Args:
        owner: Who types.
        text: At most 500 characters.
        now: The time, aware.
        time_zone: Where they are; None for their own zone.
        language: A BCP 47 tag; None for their own language.
        plain: Words that are to stay words.
    """
    name = time_zone or owner.time_zone
    zone = ZoneInfo(name)
    # Of one name the first project in order, and none that is put away.
    projects = _by_name(
        named_of(Project, owner.pk).filter(archived=False).order_by("-position", "-id"), "#" in text
    )
    labels = _by_name(named_of(Label, owner.pk), "@" in text)
    read = reading.read(
        text,
        now=now,
        zone=zone,
        language=language or owner.language,
        projects=[each.name for each in projects.values()],
        labels=[each.name for each in labels.values()],
        plain=plain,
    )
    return Understood(
        title=read.title,
        deadline=read.deadline if read.due_date is None else end_of_day(read.due_date, zone),
        due_date=read.due_date,
        time_zone=name,
        project=None if read.project is None else projects.get(read.project.casefold(), _new(read.project)),
        labels=[labels.get(label.casefold(), _new(label)) for label in read.labels],
        priority=read.priority,
        estimate_min=read.estimate_min,
        spans=read.spans,
    )


def _by_name(rows: Iterable[Project] | Iterable[Label], is_asked: bool) -> dict[str, Name]:
    return {row.name.casefold(): Name(id=row.pk, name=row.name) for row in rows} if is_asked else {}


def _new(name: str) -> Name:
    return Name(id=None, name=name)
