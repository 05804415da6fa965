"""Who may use the routes of staff."""

from typing import Any, Final

from rest_framework.permissions import BasePermission
from rest_framework.request import Request


class IsStaff(BasePermission):
    """Lets staff through. Others get 403: that these routes exist is no secret. Nobody at all is 401."""

    message: Final = "Only staff may do this."
    code: Final = "staff_only"

    def has_permission(self, request: Request, view: Any) -> bool:
        """Whether the user is a member of staff."""
        return bool(request.user.is_authenticated and request.user.is_staff)
