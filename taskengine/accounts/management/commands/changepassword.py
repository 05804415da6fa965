"""`manage.py changepassword EMAIL`: Django's, which also ends the sockets at once and stands in the audit log."""

from typing import Any, Final

from django.contrib.auth.management.commands import changepassword

from realtime.publisher import doorbell
from taskengine.accounts import audit
from taskengine.accounts.audit import Action
from taskengine.accounts.models import User

# The process ends when the command does, and the rings that are not out by then are lost.
_RING_TIMEOUT_S: Final = 3.0


class Command(changepassword.Command):
    """Changes a password. Every log-in of the user ends with the old one."""

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Do it.

        Raises:
            CommandError: Nobody has that address, or the password is refused.
        """
        said = super().handle(*args, **options)
        user = User.objects.get(email=options["username"])
        audit.record(action=Action.PASSWORD_CHANGED, subject_id=user.pk)
        if not doorbell.drain(timeout_s=_RING_TIMEOUT_S):
            self.stderr.write("Redis does not answer; the sockets end within 2.5 seconds.")
        return said
