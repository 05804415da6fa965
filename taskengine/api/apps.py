"""Django's entry for the package."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """All of HTTP."""

    name = "taskengine.api"
