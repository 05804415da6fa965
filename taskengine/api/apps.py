"""Django's entry for the package."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """All of HTTP."""

    name = "taskengine.api"

    def ready(self) -> None:
        """Have `manage.py check` look at the settings."""
        from taskengine import checks  # noqa: F401 (registers them)
