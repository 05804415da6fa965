"""`/api/v1/projects/`: parse, call one service, answer."""

from typing import ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from taskengine.api import etags
from taskengine.api.etags import ETAG_PARAMETER, IF_MATCH_PARAMETER, IF_NONE_MATCH_PARAMETER, NOT_MODIFIED
from taskengine.api.lists import list_page
from taskengine.api.operations import KEY_PARAMETER, carry_out
from taskengine.api.organisation import GONE, answer
from taskengine.api.organisation_schema import (
    ARCHIVE_EXAMPLE,
    NEW_PROJECT_EXAMPLE,
    PROJECT_EXAMPLE,
    PROJECT_LIST_EXAMPLE,
    PROJECT_MOVE_EXAMPLE,
    ProjectCreateSerializer,
    ProjectDeleteQuerySerializer,
    ProjectListQuerySerializer,
    ProjectListSerializer,
    ProjectSerializer,
    ProjectWriteSerializer,
)
from taskengine.api.problems_schema import problems
from taskengine.api.requests import owner_id
from taskengine.api.serializers import NothingSerializer
from taskengine.api.tasks_schema import MoveSerializer
from taskengine.operations.services import Answer, OpenOperation
from taskengine.organisation import services
from taskengine.organisation.models import Project
from taskengine.organisation.payloads import payload
from taskengine.organisation.queries import get_named, named_of
from taskengine.tasks import places


@extend_schema(tags=["projects"])
class ProjectListView(APIView):
    """All of one's projects."""

    scope: ClassVar[str] = "tasks"

    @extend_schema(
        operation_id="projects_list",
        summary="List projects",
        description="In their manual order, page by page.",
        parameters=[ProjectListQuerySerializer],
        responses={200: ProjectListSerializer, **problems(400, 401, 429)},
        examples=[PROJECT_LIST_EXAMPLE],
    )
    def get(self, request: Request) -> Response:
        """Return one page."""
        query = ProjectListQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        rows = named_of(Project, owner_id(request))
        if "archived" in asked:
            rows = rows.filter(archived=asked["archived"])
        return list_page(
            rows, asked, owner_id=owner_id(request), name="projects", by="position", show=payload
        )

    @extend_schema(
        operation_id="projects_create",
        summary="Make a project",
        description="It comes last.",
        parameters=[KEY_PARAMETER, ETAG_PARAMETER],
        request=ProjectCreateSerializer,
        responses={201: ProjectSerializer, **problems(400, 401, 403, 409, 413, 422, 429)},
        examples=[NEW_PROJECT_EXAMPLE, PROJECT_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Make one."""
        new = ProjectCreateSerializer(data=request.data)
        new.is_valid(raise_exception=True)

        def act(operation: OpenOperation) -> Answer:
            project = services.create_project(operation=operation, **new.validated_data)
            return answer(project, code=status.HTTP_201_CREATED)

        return carry_out(request, "project.create", act)


@extend_schema(tags=["projects"])
class ProjectView(APIView):
    """One project."""

    scope: ClassVar[str] = "tasks"

    @extend_schema(
        operation_id="projects_retrieve",
        summary="Read a project",
        parameters=[IF_NONE_MATCH_PARAMETER, ETAG_PARAMETER],
        responses={200: ProjectSerializer, **NOT_MODIFIED, **problems(401, 404, 429)},
        examples=[PROJECT_EXAMPLE],
    )
    def get(self, request: Request, project_id: UUID) -> Response:
        """Return it."""
        project = get_named(Project, owner_id=owner_id(request), id_=project_id)
        return etags.answer_read(request, payload(project))

    @extend_schema(
        operation_id="projects_update",
        summary="Change some fields of a project",
        description="A field that is absent stays.",
        parameters=[KEY_PARAMETER, IF_MATCH_PARAMETER, ETAG_PARAMETER],
        request=ProjectWriteSerializer(partial=True),
        responses={200: ProjectSerializer, **problems(400, 401, 403, 404, 409, 412, 413, 422, 429)},
        examples=[ARCHIVE_EXAMPLE, PROJECT_EXAMPLE],
    )
    def patch(self, request: Request, project_id: UUID) -> Response:
        """Change what was sent."""
        change = ProjectWriteSerializer(data=request.data, partial=True)
        change.is_valid(raise_exception=True)

        def act(operation: OpenOperation) -> Answer:
            fields = change.validated_data
            return answer(services.update_project(operation=operation, project_id=project_id, fields=fields))

        return carry_out(request, "project.update", act, on=project_id)

    @extend_schema(
        operation_id="projects_destroy",
        summary="Delete a project",
        description=(
            "What becomes of its tasks is yours to say: `move` takes all of them, completed ones too, out of it;"
            " `delete` deletes them. Without an answer a project with open tasks is 409 `project_not_empty`, and"
            " `errors` names some of them; completed ones are taken out of it. `undo` takes all of it back."
        ),
        parameters=[KEY_PARAMETER, IF_MATCH_PARAMETER, ProjectDeleteQuerySerializer],
        responses={
            204: OpenApiResponse(description="It is deleted."),
            **problems(400, 401, 403, 404, 409, 412, 422, 429),
        },
    )
    def delete(self, request: Request, project_id: UUID) -> Response:
        """Delete it."""
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        query = ProjectDeleteQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)

        def act(operation: OpenOperation) -> Answer:
            places.delete_project(operation=operation, project_id=project_id, **query.validated_data)
            return GONE

        return carry_out(request, "project.delete", act, on=project_id)


@extend_schema(tags=["projects"])
class ProjectMoveView(APIView):
    """The order."""

    scope: ClassVar[str] = "tasks"

    @extend_schema(
        operation_id="projects_move",
        summary="Move a project before or after another",
        description="Only the project that is moved gets another `position`.",
        parameters=[KEY_PARAMETER, IF_MATCH_PARAMETER, ETAG_PARAMETER],
        request=MoveSerializer,
        responses={200: ProjectSerializer, **problems(400, 401, 403, 404, 409, 412, 413, 422, 429)},
        examples=[PROJECT_MOVE_EXAMPLE, PROJECT_EXAMPLE],
    )
    def post(self, request: Request, project_id: UUID) -> Response:
        """Move it."""
        asked = MoveSerializer(data=request.data)
        asked.is_valid(raise_exception=True)

        def act(operation: OpenOperation) -> Answer:
            return answer(
                services.move_project(operation=operation, project_id=project_id, **asked.validated_data)
            )

        return carry_out(request, "project.move", act, on=project_id)
