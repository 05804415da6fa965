"""What follows from a new password, whoever sets it: a route, a link in a mail, a command, a shell."""

from typing import Any

from taskengine.accounts import personal_tokens
from taskengine.accounts.models import User


class SocketsFollow:
    """One of `AUTH_PASSWORD_VALIDATORS`: Django tells each of them when a user was saved with a new password.

    The password in a session is stale then, so the sockets that stand on it are to be asked at once. And whoever knew
    the old one may have made a personal access token, so all of them go. A hash that Django only renews is no new
    password.
    """

    def validate(self, password: str, user: Any = None) -> None:
        """Take any password."""

    def get_help_text(self) -> str:
        """Ask nothing of one."""
        return ""

    def password_changed(self, password: str, user: User) -> None:
        """Revoke all tokens, and ring after the commit."""
        personal_tokens.revoke_all(user_ids=[user.pk])
