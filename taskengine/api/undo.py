"""`/api/v1/undo/`: taking back what one did."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from taskengine.accounts.personal_tokens import Scope
from taskengine.api.fields import IdField
from taskengine.api.operations import KEY_PARAMETER, carry_out
from taskengine.api.problems_schema import problems
from taskengine.api.requests import owner_id
from taskengine.api.scopes import InsufficientScope, has_scope
from taskengine.api.serializers import StrictSerializer
from taskengine.operations import queries
from taskengine.operations.errors import UndoConflict, UndoImpossible
from taskengine.operations.services import Answer, OpenOperation
from taskengine.operations.undo import Possible, Undoer, each, undo
from taskengine.planning.undo import can_be_undone, undo_breakdown
from taskengine.tasks.undo import undo_tasks
from taskengine.tasks.undo_places import undo_label, undo_project

BREAKDOWN: Final = "breakdown"  # the kind of object that scopes of tasks do not open
# What can be taken back, by the kind of object. Another kind of object is one line more.
UNDOERS: Final[Mapping[str, Undoer]] = {
    BREAKDOWN: each(undo_breakdown),
    "label": each(undo_label),
    "project": each(undo_project),
    "task": undo_tasks,
}
# Of which kinds what can be taken back at all.
POSSIBLE: Final[Possible] = {kind: lambda _: True for kind in UNDOERS} | {BREAKDOWN: can_be_undone}


class UndoSerializer(StrictSerializer):
    """What to take back."""

    op_id = IdField(help_text="The operation: `Operation-Id` of its answer, or `op_id` of its events.")


class UndoneObjectSerializer(serializers.Serializer[Any]):
    """One object that was changed back."""

    kind = serializers.ChoiceField(sorted(UNDOERS))
    id = serializers.UUIDField()


class UndoneSerializer(serializers.Serializer[Any]):
    """What was taken back."""

    op_id = serializers.UUIDField(help_text="The undo's own name: undo that, and all is as it was before.")
    undid = serializers.UUIDField()
    objects = UndoneObjectSerializer(many=True)


@extend_schema(tags=["operations"])
class UndoView(APIView):
    """The undo."""

    scope: ClassVar[str] = "tasks"

    @extend_schema(
        operation_id="undo",
        summary="Undo an operation",
        description=(
            "Takes back what any one of your operations of the last day did, whole or not at all, as a new"
            " operation with events of its own. Old values come back as they were; a deadline that has passed"
            " meanwhile is missed at once. Where something was changed since, it is 409 `undo_conflict`, and"
            " `errors` names the objects and fields; what can't be undone at all, such as a change of the"
            " account, is 409 `undo_impossible`. To an access token without `ai`, what changed a breakdown too is 403"
            " `insufficient_scope`."
        ),
        parameters=[KEY_PARAMETER],
        request=UndoSerializer,
        responses={
            200: UndoneSerializer,
            **problems(400, 401, 403, 404, 413, 422, 429, UndoConflict, UndoImpossible),
        },
        examples=[
            OpenApiExample(
                "Undo", value={"op_id": "6fa1d1a8-2d47-4f0c-b3b8-0d8f6b5e8f11"}, request_only=True
            ),
            OpenApiExample(
                "Undone",
                value={
                    "op_id": "c3a5f3e0-6d0f-4c6b-9f35-5a2f0c1e7d90",
                    "undid": "6fa1d1a8-2d47-4f0c-b3b8-0d8f6b5e8f11",
                    "objects": [{"kind": "task", "id": "0f8fad5b-d9cb-469f-a165-70867728950e"}],
                },
                response_only=True,
            ),
        ],
    )
    def post(self, request: Request) -> Response:
        """Take it back."""
        asked = UndoSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        op_id = asked.validated_data["op_id"]
        if not has_scope(request, Scope.AI):
            _refuse_if_of_a_breakdown(owner_id(request), op_id)

        def act(operation: OpenOperation) -> Answer:
            changes = undo(operation=operation, op_id=op_id, undoers=UNDOERS, possible=POSSIBLE)
            objects = dict.fromkeys((change.kind, str(change.id)) for change in changes)
            return Answer(
                status=status.HTTP_200_OK,
                body={
                    "op_id": str(operation.id),
                    "undid": str(op_id),
                    "objects": [{"kind": kind, "id": id_} for kind, id_ in objects],
                },
            )

        return carry_out(request, "undo", act)


def _refuse_if_of_a_breakdown(owner: UUID, op_id: UUID) -> None:
    if queries.is_about(owner_id=owner, op_id=op_id, kind=BREAKDOWN):
        raise InsufficientScope((Scope.TASKS_WRITE, Scope.AI))
