"""`manage.py deactivate EMAIL`: keep somebody out, at once and everywhere."""

from typing import Any, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from realtime.publisher import doorbell
from taskengine.accounts.models import User
from taskengine.accounts.services import deactivate_account

# The process ends when the command does, and the rings that are not out by then are lost.
_RING_TIMEOUT_S: Final = 3.0


class Command(BaseCommand):
    """Deactivates an account and ends its log-ins and sockets. Nothing of it is deleted."""

    help = "Keep somebody out: ends their log-ins and sockets, and deletes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the address."""
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        """Do it.

        Raises:
            CommandError: Nobody has that address.
        """
        try:
            user = User.objects.get(email=email.lower())
        except User.DoesNotExist:
            raise CommandError(f"Nobody has the address {email}.") from None
        deactivate_account(user=user)
        if not doorbell.drain(timeout_s=_RING_TIMEOUT_S):
            self.stderr.write("Redis does not answer; the sockets end within 2.5 seconds.")
