"""Letters that wait, and the mail server that is to have them."""

from datetime import timedelta
from typing import Any

from taskengine import clock
from taskengine.accounts.models import Letter


def waiting(*, since: timedelta = timedelta(), **fields: Any) -> Letter:
    """Return a letter that a process left behind, due for so long.

    Args:
        since: How long ago it was written.
        fields: Others than it has by itself.
    """
    at = clock.now() - since
    words = {"template": "a/b", "recipient": "ada@example.org", "subject": "A word", "body": "More words"}
    return Letter.objects.create(**{**words, "created_at": at, "due_at": at, "told_at": at, **fields})


def send_to(settings: Any, port: int) -> None:
    """Have mail go to a server on a port of this machine."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
