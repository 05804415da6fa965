"""Django's entry for the package."""

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """Tasks with deadlines."""

    name = "taskengine.tasks"
