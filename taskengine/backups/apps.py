"""Django's entry for the package."""

from django.apps import AppConfig


class BackupsConfig(AppConfig):
    """Backups of the database."""

    name = "taskengine.backups"
