"""Django's entry for the package."""

from django.apps import AppConfig


class PlanningConfig(AppConfig):
    """Breakdowns: drafts of steps that fit before a deadline."""

    name = "taskengine.planning"
