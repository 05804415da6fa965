"""Django's entry for the package."""

from django.apps import AppConfig


class EngineConfig(AppConfig):
    """The loop that fires deadlines."""

    name = "taskengine.engine"
