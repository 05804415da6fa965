"""Django's entry for the package."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, their log-ins and their tokens."""

    name = "taskengine.accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Start writing the log lines on log-ins."""
        from taskengine.accounts import audit  # models load after this module

        audit.connect()
