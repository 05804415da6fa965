"""The plainest thing that Django REST framework can do with our table, under Django's own ASGI handler.

No authentication, no middleware, no throttles, no events: a serializer of the model's fields and a view set.
Run by uvicorn as `bench.peers.plain_drf:application`, with `bench.peers.plain_settings`.
"""

from typing import Any, ClassVar

import django
from django.conf import settings

django.setup(set_prefix=False)
settings.MIDDLEWARE = []

from django.core.handlers.asgi import ASGIHandler  # noqa: E402 (needs Django to be set up)
from django.db.models import QuerySet  # noqa: E402
from rest_framework import filters, pagination, routers, serializers, viewsets  # noqa: E402

from taskengine.tasks.models import Task  # noqa: E402


class TaskSerializer(serializers.ModelSerializer[Task]):
    """The fields that our own payload has, but for the bucket."""

    class Meta:
        model = Task
        fields: ClassVar = [
            *("id", "owner", "title", "notes", "deadline", "due_date", "time_zone", "priority"),
            *("estimate_min", "parent", "completed_at", "outcome", "lateness_s"),
            *("version", "created_at", "updated_at"),
        ]


class Pages(pagination.CursorPagination):
    """Fifty to a page."""

    page_size = 50
    ordering = ("deadline", "id")


class Search(filters.SearchFilter):
    """Anywhere in the title and the notes."""

    search_param = "q"


class TaskViewSet(viewsets.ModelViewSet[Task]):
    """All of it; whose tasks are listed stands in the address."""

    queryset = Task.objects.filter(deleted_at=None)
    serializer_class = TaskSerializer
    pagination_class = Pages
    filter_backends = (Search,)
    search_fields = ("title", "notes")

    def get_queryset(self) -> QuerySet[Task]:
        """Return one person's tasks for a list."""
        tasks: QuerySet[Any] = super().get_queryset()
        owner = self.request.query_params.get("owner")
        return tasks.filter(owner_id=owner) if owner else tasks


_router = routers.SimpleRouter()
_router.register("tasks", TaskViewSet)
urlpatterns = _router.urls
application = ASGIHandler()
