"""Django's entry for the package."""

from django.apps import AppConfig


class RealtimeConfig(AppConfig):
    """Streams, their events and the sockets that listen."""

    name = "realtime"
    default_auto_field = "django.db.models.BigAutoField"
