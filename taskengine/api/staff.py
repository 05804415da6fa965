"""Who may use the routes of staff."""

from typing import Any

from rest_framework.request import Request

from taskengine.accounts.errors import StaffOnly
from taskengine.api.scopes import MayAsk


class IsStaff(MayAsk):
    """Lets staff through. Others get 403: that these routes exist is no secret. Nobody at all is 401."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say whether somebody is logged in.

        Raises:
            InsufficientScope: They came with a personal access token, and not by a log-in.
            StaffOnly: They are not of staff.
        """
        if not super().has_permission(request, view):
            return False
        if not request.user.is_staff:
            raise StaffOnly
        return True
