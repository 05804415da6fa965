"""Django's entry for the package."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, their log-ins and their tokens."""

    name = "taskengine.accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Start writing the audit log."""
        from taskengine.accounts import audit_signals  # models load after this module

        audit_signals.connect()
