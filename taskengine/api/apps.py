"""Django's entry for the package."""

from importlib import import_module

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """All of HTTP."""

    name = "taskengine.api"

    def ready(self) -> None:
        """Tell drf-spectacular of our fields before anybody asks for the document; have `manage.py check` look at settings."""
        import_module("taskengine.api.document_fields")
        import_module("taskengine.checks")
