"""What a personal access token may do: which scopes a route asks for, and the refusal of a token without them.

A view says `scope`. `"tasks"` is `tasks:read` for what only reads and `tasks:write` for the rest; `"events"` and
`"ai"` are those; several, with spaces between, are all asked for. A view that says nothing takes no such token
at all: accounts, log-ins and tokens themselves are for whoever logged in.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final

from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request

from taskengine.accounts.personal_tokens import Grant, Scope
from taskengine.api.requests import is_read

# What a view calls it: what it is to read, and to write.
_SCOPES: Final[Mapping[str, tuple[Scope, Scope]]] = {
    "tasks": (Scope.TASKS_READ, Scope.TASKS_WRITE),
    "events": (Scope.EVENTS, Scope.EVENTS),
    "ai": (Scope.AI, Scope.AI),
}


class InsufficientScope(PermissionDenied):
    """The token is good, but not for this (RFC 6750, section 3.1).

    Args:
        needed: The scopes that are; none where no token is.
    """

    default_code = "insufficient_scope"

    def __init__(self, needed: tuple[Scope, ...]) -> None:
        # What the answer carries as `WWW-Authenticate`.
        self.auth_header = 'Bearer error="insufficient_scope"'
        if needed:
            super().__init__(f"This token has not all the scopes it takes: {' '.join(needed)}.")
            self.auth_header += f', scope="{" ".join(needed)}"'
        else:
            super().__init__("This takes no personal access token: log in.")


class MayAsk(IsAuthenticated):
    """Lets whoever is logged in do everything of theirs, and a personal access token what its scopes say.

    A view with permissions of its own names this one among them, unless it is for everybody.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say whether somebody is there at all.

        Raises:
            InsufficientScope: It is a token that is not good for this.
        """
        if not super().has_permission(request, view):
            return False
        if isinstance(request.auth, Grant):
            needed = scopes_of(view, str(request.method))
            if not (needed and request.auth.scopes.issuperset(needed)):
                raise InsufficientScope(needed)
        return True


def has_scope(request: Request, scope: Scope) -> bool:
    """Whether whoever asks may do what a scope opens: everybody who comes without a personal access token may."""
    return not isinstance(request.auth, Grant) or scope in request.auth.scopes


def scopes_of(view: Any, method: str) -> tuple[Scope, ...]:
    """Return the scopes that a token needs for a view; none where it takes no token."""
    return _scopes(getattr(view, "scope", ""), is_read(method, view))


@lru_cache(64)  # of the few that views have
def _scopes(named: str, is_safe: bool) -> tuple[Scope, ...]:
    return tuple(_SCOPES[name][0 if is_safe else 1] for name in named.split())
