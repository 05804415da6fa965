"""Django's entry for the package."""

from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """The operation log."""

    name = "taskengine.operations"
