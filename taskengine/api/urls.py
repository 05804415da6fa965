"""The paths below `/api/v1/`."""

from django.urls import path, re_path

from taskengine.api import paths  # noqa: F401 (registers `<id:...>`)
from taskengine.api.about import AboutView
from taskengine.api.activity import ActivityView
from taskengine.api.ai import AiView
from taskengine.api.asyncapi import asyncapi
from taskengine.api.audit import AuditView, OwnAuditView
from taskengine.api.batch import BatchView
from taskengine.api.breakdown_steps import SplitView, StepListView, StepView
from taskengine.api.breakdowns import (
    ApplyView,
    BreakdownListView,
    BreakdownView,
    CancelView,
    RegenerateView,
    TakenView,
)
from taskengine.api.demo import DemoView
from taskengine.api.devices import SessionListView, SessionView
from taskengine.api.docs import DocsView
from taskengine.api.errors import not_found
from taskengine.api.export import ExportView
from taskengine.api.history import HistoryView
from taskengine.api.imports import ImportView
from taskengine.api.insights import InsightsView
from taskengine.api.labels import LabelListView, LabelView
from taskengine.api.people import PersonListView, PersonView
from taskengine.api.phrases import ParseView
from taskengine.api.projects import ProjectListView, ProjectMoveView, ProjectView
from taskengine.api.schema import SchemaView
from taskengine.api.sync import SyncView
from taskengine.api.task_counts import TaskCountsView, TaskSummaryView
from taskengine.api.tasks import (
    CompleteView,
    MoveView,
    ReopenView,
    RestoreView,
    TaskListView,
    TaskView,
)
from taskengine.api.tickets import TicketView
from taskengine.api.tokens import TokenListView, TokenView
from taskengine.api.trash import TrashedView, TrashView
from taskengine.api.undo import UndoView
from taskengine.api.users import MeView

urlpatterns = [
    # What is asked most often comes first: each path before the one that is meant costs a little.
    path("tasks/", TaskListView.as_view(), name="tasks"),
    path("tasks/counts/", TaskCountsView.as_view(), name="task-counts"),
    path("tasks/parse/", ParseView.as_view(), name="task-parse"),
    path("tasks/summary/", TaskSummaryView.as_view(), name="task-summary"),
    path("tasks/<id:task_id>/", TaskView.as_view(), name="task"),
    path("tasks/<id:task_id>/complete/", CompleteView.as_view(), name="task-complete"),
    path("tasks/<id:task_id>/history/", HistoryView.as_view(), name="task-history"),
    path("tasks/<id:task_id>/move/", MoveView.as_view(), name="task-move"),
    path("tasks/<id:task_id>/reopen/", ReopenView.as_view(), name="task-reopen"),
    path("tasks/<id:task_id>/restore/", RestoreView.as_view(), name="task-restore"),
    path("about/", AboutView.as_view(), name="about"),
    path("demo/", DemoView.as_view(), name="demo"),
    path("users/", PersonListView.as_view(), name="users"),
    path("users/me/", MeView.as_view(), name="me"),
    path("users/me/audit/", OwnAuditView.as_view(), name="my-audit"),
    path("users/me/sessions/", SessionListView.as_view(), name="my-sessions"),
    path("users/me/sessions/<int:session_id>/", SessionView.as_view(), name="my-session"),
    path("users/<id:user_id>/", PersonView.as_view(), name="user"),
    path("audit/", AuditView.as_view(), name="audit"),
    path("projects/", ProjectListView.as_view(), name="projects"),
    path("projects/<id:project_id>/", ProjectView.as_view(), name="project"),
    path("projects/<id:project_id>/move/", ProjectMoveView.as_view(), name="project-move"),
    path("labels/", LabelListView.as_view(), name="labels"),
    path("labels/<id:label_id>/", LabelView.as_view(), name="label"),
    path("batch/", BatchView.as_view(), name="batch"),
    path("trash/", TrashView.as_view(), name="trash"),
    path("trash/<id:trashed_id>/", TrashedView.as_view(), name="trashed"),
    path("operations/", ActivityView.as_view(), name="operations"),
    path("export/", ExportView.as_view(), name="export"),
    path("import/", ImportView.as_view(), name="import"),
    path("insights/", InsightsView.as_view(), name="insights"),
    path("undo/", UndoView.as_view(), name="undo"),
    path("breakdowns/", BreakdownListView.as_view(), name="breakdowns"),
    path("breakdowns/<id:breakdown_id>/", BreakdownView.as_view(), name="breakdown"),
    path("breakdowns/<id:breakdown_id>/taken/", TakenView.as_view(), name="breakdown-taken"),
    path("breakdowns/<id:breakdown_id>/cancel/", CancelView.as_view(), name="breakdown-cancel"),
    path("breakdowns/<id:breakdown_id>/regenerate/", RegenerateView.as_view(), name="breakdown-regenerate"),
    path("breakdowns/<id:breakdown_id>/apply/", ApplyView.as_view(), name="breakdown-apply"),
    path("breakdowns/<id:breakdown_id>/steps/", StepListView.as_view(), name="breakdown-steps"),
    path("breakdowns/<id:breakdown_id>/steps/<slug:key>/", StepView.as_view(), name="breakdown-step"),
    path("breakdowns/<id:breakdown_id>/steps/<slug:key>/split/", SplitView.as_view(), name="breakdown-split"),
    path("sync/", SyncView.as_view(), name="sync"),
    path("tokens/", TokenListView.as_view(), name="tokens"),
    path("tokens/<id:token_id>/", TokenView.as_view(), name="token"),
    path("tickets/", TicketView.as_view(), name="tickets"),
    path("ai/", AiView.as_view(), name="ai"),
    path("schema/", SchemaView.as_view(), name="schema"),
    path("asyncapi/", asyncapi, name="asyncapi"),
    path("docs/", DocsView.as_view(url_name="schema"), name="docs"),
    re_path("", not_found),
]
