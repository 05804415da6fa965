"""What a list of tasks may be asked for, and which tasks that means."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from taskengine.api import cursors
from taskengine.api.cursors import DEFAULT_PAGE_ROWS, MAX_PAGE_ROWS, Ordering, Position
from taskengine.api.fields import UUID_PATTERN, DigitsField, IdField, InstantField, ListOfField, TextField
from taskengine.api.serializers import StrictSerializer
from taskengine.api.tasks_schema import TaskSerializer
from taskengine.database.shapes import Values
from taskengine.tasks import queries, search
from taskengine.tasks.deadlines import BUCKET_CHOICES, Bucket
from taskengine.tasks.models import MAX_LABELS, Task

RANK: Final = "rank"
NO_PROJECT: Final = "none"
ORDERINGS: Final = [
    sign + column
    for column in ("deadline", "created_at", "updated_at", "completed_at", "priority", "title", "position")
    for sign in ("", "-")
] + [RANK]

_RANGES: Final = {
    "deadline_from": "deadline__gte",
    "deadline_before": "deadline__lt",
    "completed_from": "completed_at__gte",
    "completed_before": "completed_at__lt",
}
# What leaves a list the same list: every other parameter binds its cursors.
_OF_A_PAGE: Final = {"cursor", "limit", "fields"}
# What leaves few enough shapes of the query for each to be remembered.
_OF_EVERY_DAY: Final = {"bucket", "ordering", "q"} | _OF_A_PAGE


@extend_schema_field({"type": "string", "pattern": f"^(none|{UUID_PATTERN})$"})
class ProjectOrNoneField(serializers.Field[Any, Any, Any, Any]):
    """A project's id, or `none` for the tasks that are in no project."""

    default_error_messages = {"invalid": "This is neither the id of a project nor `none`."}

    def to_internal_value(self, data: Any) -> UUID | str:
        """Return the id, or `none`."""
        if data == NO_PROJECT:
            return NO_PROJECT
        try:
            return UUID(data)
        except (ValueError, TypeError, AttributeError):
            self.fail("invalid")

    def to_representation(self, value: Any) -> str:
        """Return it as text."""
        return str(value)


class TaskFieldsSerializer(StrictSerializer):
    """What a task may be asked for that is read: some of its fields, or all."""

    fields = ListOfField(  # type: ignore[assignment]  # the name on the wire
        child=serializers.ChoiceField(list(TaskSerializer().fields)), required=False,
        most=len(TaskSerializer().fields),
        help_text="Names of fields, with commas between them: the others are left out.",
    )  # fmt: skip


class TaskFilterSerializer(StrictSerializer):
    """Which tasks are meant, by what they belong to."""

    project = ProjectOrNoneField(
        required=False, help_text="The project that they are in; `none` for those in no project."
    )
    label = ListOfField(  # type: ignore[assignment]  # the name on the wire
        child=IdField(), required=False, most=MAX_LABELS,
        help_text="Labels, with commas between them; a task has to carry all of them.",
    )  # fmt: skip
    parent = IdField(  # type: ignore[assignment]  # the name on the wire
        required=False, help_text="The task that they are parts of."
    )


class TaskListQuerySerializer(TaskFieldsSerializer, TaskFilterSerializer):
    """What a list may be asked for."""

    bucket = serializers.ChoiceField(BUCKET_CHOICES, required=False)
    priority = ListOfField(
        child=DigitsField(min_value=1, max_value=4), required=False, most=4,
        help_text="One or several, with commas between them; 1 is the highest.",
    )  # fmt: skip
    deadline_from = InstantField(required=False, help_text="Those due at this instant or later.")
    deadline_before = InstantField(required=False, help_text="Those due before this instant.")
    completed_from = InstantField(required=False, help_text="Those completed at this instant or later.")
    completed_before = InstantField(required=False, help_text="Those completed before this instant.")
    q = TextField(
        required=False, allow_blank=True, trim_whitespace=False, max_length=search.MAX_QUERY_CHARS,
        help_text=(
            "Words that title or notes have, all of them, in any form that the user's `language` knows. The last"
            " one is a beginning, unless a space follows it. Best match first, unless `ordering` says otherwise."
        ),
    )  # fmt: skip
    ordering = serializers.ChoiceField(
        ORDERINGS,
        required=False,
        help_text=(
            "Nulls come last, either way round. `position` is the manual order; `rank`, the best match first, goes"
            " with `q` and is then the default, else it is `deadline`."
        ),
    )
    limit = DigitsField(required=False, min_value=1, max_value=MAX_PAGE_ROWS, default=DEFAULT_PAGE_ROWS)
    cursor = TextField(required=False, help_text="`next_cursor` of the page before.")


def trimmed(payload: Mapping[str, Any], asked: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what of a task was asked for (`TaskFieldsSerializer`)."""
    wanted = asked.get("fields")
    return {name: payload[name] for name in wanted} if wanted else payload


def is_meant(asked: dict[str, Any]) -> Q:
    """Return the condition for belonging to what was asked for (`TaskFilterSerializer`)."""
    meant = Q()
    if "project" in asked:
        meant &= Q(project_id=None if asked["project"] == NO_PROJECT else asked["project"])
    if asked.get("label"):
        meant &= queries.labelled(asked["label"])
    if "parent" in asked:
        meant &= Q(parent_id=asked["parent"])
    return meant


def bound_to(asked: dict[str, Any], owner_id: UUID) -> dict[str, str]:
    """Return what makes a list this list: its person, and what was asked for."""
    return {
        "owner": str(owner_id),
        **{name: str(value) for name, value in asked.items() if name not in _OF_A_PAGE},
    }


def ordering_of(asked: dict[str, Any]) -> Ordering:
    """Return how a list is sorted.

    Raises:
        ValidationError: By rank, without words to be ranked by.
    """
    name = asked.get("ordering") or (RANK if _has_words(asked) else "deadline")
    if name != RANK:
        return Ordering.parse(name)
    if not _has_words(asked):
        raise serializers.ValidationError({"ordering": ["Only what `q` finds has a rank."]}, code="no_rank")
    return Ordering(column=RANK, descending=True)


def page(
    asked: dict[str, Any], *, owner_id: UUID, as_of: datetime, after: Position | None
) -> tuple[Sequence[Task], bool]:
    """Return a page of what was asked for (`TaskListQuerySerializer`), and whether more follow.

    Args:
        asked: What was asked for.
        owner_id: Whose tasks.
        as_of: The instant that decides the buckets.
        after: Where the page before ended; None for the first.
    """
    ordering, limit = ordering_of(asked), asked["limit"]

    def build(values: Values) -> QuerySet[Task]:
        meant = {**asked, "q": values["q"]} if "q" in values else asked
        rows = filtered(meant, owner_id=values["owner"], as_of=values["as_of"])
        parts = in_parts(rows, asked, ordering)
        end = Position(as_of=as_of, value=values["value"], key=values["key"]) if after else None
        return cursors.query(parts, ordering=ordering, after=end, limit=limit)

    values: dict[str, Any] = {"owner": owner_id, "as_of": as_of}
    if after is not None:
        values |= {"value": after.value, "key": UUID(after.key)}
    if _has_words(asked):
        values["q"] = asked["q"]
    if asked.keys() <= _OF_EVERY_DAY:
        found = queries.TASKS.rows_of_shape((asked.get("bucket"), ordering, limit), build, values)
    else:
        found = queries.TASKS.rows(build(values))
    return found[:limit], len(found) > limit


def in_parts(rows: QuerySet[Task], asked: dict[str, Any], ordering: Ordering) -> list[QuerySet[Task]]:
    """Return the parts of a list that have an index in its order: open and completed tasks have one each by deadline."""
    if "bucket" in asked or ordering.column != "deadline":
        return [rows]
    return [rows.filter(completed_at=None), rows.filter(completed_at__isnull=False)]


def filtered(asked: dict[str, Any], *, owner_id: UUID, as_of: datetime) -> QuerySet[Task]:
    """Return the tasks that were asked for (`TaskListQuerySerializer`), bucketed as of an instant."""
    rows = queries.tasks_of(owner_id).filter(is_meant(asked))
    if "bucket" in asked:
        rows = rows.filter(queries.in_bucket(Bucket(asked["bucket"]), now=as_of))
    if "priority" in asked:
        rows = rows.filter(priority__in=asked["priority"])
    for parameter, lookup in _RANGES.items():
        if parameter in asked:
            rows = rows.filter(**{lookup: asked[parameter]})
    return search.found(rows, asked["q"], owner_id=owner_id) if _has_words(asked) else rows


def _has_words(asked: dict[str, Any]) -> bool:
    return bool(asked.get("q", "").strip())
