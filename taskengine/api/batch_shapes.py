"""The shapes of a batch's operations, one for each verb."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

from taskengine.api.fields import DayField, IdField, InstantField, ShortListField, WholeNumberField
from taskengine.api.organisation_schema import (
    LabelCreateSerializer,
    LabelWriteSerializer,
    ProjectCreateSerializer,
    ProjectDeleteQuerySerializer,
    ProjectWriteSerializer,
)
from taskengine.api.serializers import StrictSerializer
from taskengine.api.tasks_schema import (
    CompleteSerializer,
    MoveSerializer,
    TaskCreateSerializer,
    TaskWriteSerializer,
)
from taskengine.tasks.models import MAX_LABELS

MAX_IDS: Final = 200


class _Partial(StrictSerializer):
    """Some fields, within a body that is whole: DRF would ask the body whether it is partial."""

    def run_validation(self, data: Any = empty) -> Any:
        """Check what was sent by itself."""
        if self.root is self or data is empty:
            return super().run_validation(data)
        alone = type(self)(data=data, partial=True)
        alone.is_valid(raise_exception=True)
        return alone.validated_data


class TaskChangesSerializer(_Partial, TaskWriteSerializer):
    """Some fields of a task: absent stays, null clears."""


class ProjectChangesSerializer(_Partial, ProjectWriteSerializer):
    """Some fields of a project."""


class LabelChangesSerializer(_Partial, LabelWriteSerializer):
    """Some fields of a label."""


class TasksChangesSerializer(_Partial):
    """Some fields of many tasks, the same of each: absent stays, null clears."""

    priority = TaskWriteSerializer().fields["priority"]
    project = IdField(allow_null=True)
    labels = ShortListField(child=IdField(), max_length=MAX_LABELS, help_text="In place of those they carry.")
    add_labels = ShortListField(child=IdField(), max_length=MAX_LABELS, help_text="Beside those they carry.")
    remove_labels = ShortListField(child=IdField(), max_length=MAX_LABELS)
    deadline = InstantField(allow_null=True)
    due_date = DayField(allow_null=True)
    time_zone = TaskWriteSerializer().fields["time_zone"]

    def validate_time_zone(self, name: str | None) -> str | None:
        """Refuse what is not an IANA zone."""
        return TaskWriteSerializer().validate_time_zone(name)


def _verb(name: str) -> serializers.Field[Any, Any, Any, Any]:
    """Return the field that says which shape an operation has: this word, and no other."""
    kind = extend_schema_field({"type": "string", "const": name})(
        type("VerbField", (serializers.ChoiceField,), {})
    )
    field: serializers.Field[Any, Any, Any, Any] = kind([(name, name)])
    return field


class _OfOne(StrictSerializer):
    id = IdField()
    version = WholeNumberField(
        required=False,
        min_value=1,
        max_value=2**31 - 1,
        help_text="The version it has to have, as with `If-Match`; otherwise 412.",
    )


class _OfMany(StrictSerializer):
    ids = ShortListField(child=IdField(), min_length=1, max_length=MAX_IDS)


class TaskCreateOperationSerializer(StrictSerializer):
    """Make a task. Later operations may name it by the id that was chosen for it."""

    verb = _verb("task.create")
    fields = TaskCreateSerializer()  # type: ignore[assignment]  # the name on the wire, here and below


class TaskUpdateOperationSerializer(_OfOne):
    """Change some fields of a task."""

    verb = _verb("task.update")
    fields = TaskChangesSerializer(partial=True)  # type: ignore[assignment]


class TaskCompleteOperationSerializer(CompleteSerializer, _OfOne):
    """Complete a task."""

    verb = _verb("task.complete")


class TaskReopenOperationSerializer(_OfOne):
    """Reopen a task."""

    verb = _verb("task.reopen")


class _Move(MoveSerializer, _OfOne):
    rules: ClassVar = {
        "oneOf": [{"required": ["before"]}, {"required": ["after"]}]
    }  # beside what else there is


class TaskMoveOperationSerializer(_Move):
    """Move a task before or after another."""

    verb = _verb("task.move")


class TaskDeleteOperationSerializer(_OfOne):
    """Delete a task."""

    verb = _verb("task.delete")


class TaskRestoreOperationSerializer(_OfOne):
    """Restore a deleted task."""

    verb = _verb("task.restore")


class TasksCompleteOperationSerializer(CompleteSerializer, _OfMany):
    """Complete many tasks, all or none."""

    verb = _verb("tasks.complete")


class TasksUpdateOperationSerializer(_OfMany):
    """Change the same fields of many tasks, all or none."""

    verb = _verb("tasks.update")
    fields = TasksChangesSerializer(partial=True)  # type: ignore[assignment]


class TasksDeleteOperationSerializer(_OfMany):
    """Delete many tasks, all or none."""

    verb = _verb("tasks.delete")


class ProjectCreateOperationSerializer(StrictSerializer):
    """Make a project."""

    verb = _verb("project.create")
    fields = ProjectCreateSerializer()  # type: ignore[assignment]


class ProjectUpdateOperationSerializer(_OfOne):
    """Change some fields of a project."""

    verb = _verb("project.update")
    fields = ProjectChangesSerializer(partial=True)  # type: ignore[assignment]


class ProjectMoveOperationSerializer(_Move):
    """Move a project before or after another."""

    verb = _verb("project.move")


class ProjectDeleteOperationSerializer(ProjectDeleteQuerySerializer, _OfOne):
    """Delete a project."""

    verb = _verb("project.delete")


class LabelCreateOperationSerializer(StrictSerializer):
    """Make a label."""

    verb = _verb("label.create")
    fields = LabelCreateSerializer()  # type: ignore[assignment]


class LabelUpdateOperationSerializer(_OfOne):
    """Change some fields of a label."""

    verb = _verb("label.update")
    fields = LabelChangesSerializer(partial=True)  # type: ignore[assignment]


class LabelDeleteOperationSerializer(_OfOne):
    """Delete a label."""

    verb = _verb("label.delete")


SHAPES: Final[Mapping[str, type[StrictSerializer]]] = {
    "task.create": TaskCreateOperationSerializer,
    "task.update": TaskUpdateOperationSerializer,
    "task.complete": TaskCompleteOperationSerializer,
    "task.reopen": TaskReopenOperationSerializer,
    "task.move": TaskMoveOperationSerializer,
    "task.delete": TaskDeleteOperationSerializer,
    "task.restore": TaskRestoreOperationSerializer,
    "tasks.complete": TasksCompleteOperationSerializer,
    "tasks.update": TasksUpdateOperationSerializer,
    "tasks.delete": TasksDeleteOperationSerializer,
    "project.create": ProjectCreateOperationSerializer,
    "project.update": ProjectUpdateOperationSerializer,
    "project.move": ProjectMoveOperationSerializer,
    "project.delete": ProjectDeleteOperationSerializer,
    "label.create": LabelCreateOperationSerializer,
    "label.update": LabelUpdateOperationSerializer,
    "label.delete": LabelDeleteOperationSerializer,
}
