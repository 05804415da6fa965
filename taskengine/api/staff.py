"""Who may use the routes of staff."""

from typing import Any, Final

from rest_framework.request import Request

from taskengine.api.scopes import MayAsk


class IsStaff(MayAsk):
    """Lets staff through. Others get 403: that these routes exist is no secret. Nobody at all is 401."""

    message: Final = "Only staff may do this."
    code: Final = "staff_only"

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say whether the user is a member of staff.

        Raises:
            InsufficientScope: They came with a personal access token, and not by a log-in.
        """
        return super().has_permission(request, view) and bool(request.user.is_staff)
