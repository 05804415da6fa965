"""What follows from a new password, whoever sets it: a route, a link in a mail, a command, a shell."""

from typing import Any

from realtime import revocation
from taskengine.accounts.models import User


class SocketsFollow:
    """One of `AUTH_PASSWORD_VALIDATORS`: Django tells each of them when a user was saved with a new password.

    The password in a session is stale then, so the sockets that stand on it are to be asked at once.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Take any password."""

    def get_help_text(self) -> str:
        """Ask nothing of one."""
        return ""

    def password_changed(self, password: str, user: User) -> None:
        """Ring, after the commit."""
        revocation.ring([user.pk])
