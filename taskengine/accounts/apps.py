"""Django's entry for the package."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, their log-ins and their tokens."""

    name = "taskengine.accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Start writing the audit log, and noting whom allauth's limits refuse."""
        from taskengine.accounts import audit_signals, limits  # models load after this module

        audit_signals.connect()
        limits.watch()
