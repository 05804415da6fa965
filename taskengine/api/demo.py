"""`/api/v1/demo/`: a guest with sample tasks, some of them due within the minute."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final, cast

from django.conf import settings
from django.db import transaction
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from taskengine import clock
from taskengine.accounts import logins
from taskengine.accounts.errors import TooManyGuests
from taskengine.accounts.services import make_guest
from taskengine.api.authentication import CookieAuthentication
from taskengine.api.operations import refuse_what_is_not_honoured
from taskengine.api.problems_schema import problems
from taskengine.api.throttles import DemoThrottle
from taskengine.api.users import USER_EXAMPLE, UserSerializer
from taskengine.operations.services import OpenOperation, perform
from taskengine.tasks.services import complete_task, create_task

# (priority, due in so many seconds or None, completed). The first is missed within the ten seconds that a visitor gives
# a page, of which drawing it takes two at most.
_SAMPLES: Final[Sequence[tuple[int, int | None, bool]]] = (
    (2, 8, False),
    (1, 30, False),
    (4, 90, False),
    (3, -22 * 60, False),
    (2, 26 * 3600, False),
    (3, 9 * 86_400, False),
    (4, None, False),
    (3, 2 * 3600, True),
    (3, -3 * 3600, True),
)
# What they say, title and notes, by language.
_SAID: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "en": (
        ("Watch this one cross the line", "Open a second window: it moves there too."),
        ("Send the invoice", ""),
        ("Water the plants", "Finish it before it is missed."),
        ("Call the bank", "Ask about the standing order."),
        ("Prepare Thursday's talk", "Three ideas, one picture each."),
        ("Renew the passport", ""),
        ("Learn to make pasta", "No deadline: it is never missed."),
        ("Book flights", ""),
        ("Tax form", ""),
    ),
    "de": (
        ("Sieh zu, wie diese verpasst wird", "Öffne ein zweites Fenster: Sie wandert auch dort."),
        ("Rechnung schicken", ""),
        ("Pflanzen gießen", "Erledige sie, bevor sie verpasst wird."),
        ("Bei der Bank anrufen", "Nach dem Dauerauftrag fragen."),
        ("Vortrag am Donnerstag vorbereiten", "Drei Gedanken, je ein Bild."),
        ("Pass verlängern", ""),
        ("Pasta machen lernen", "Ohne Frist: Sie wird nie verpasst."),
        ("Flüge buchen", ""),
        ("Steuererklärung", ""),
    ),
}
_DEFAULT: Final = "en"


class DemoView(APIView):
    """Guests."""

    authentication_classes = (CookieAuthentication,)
    permission_classes = (AllowAny,)
    throttle_classes = (DemoThrottle,)

    @extend_schema(
        tags=["about"],
        operation_id="demo",
        summary="Become a guest",
        description=(
            "Makes a guest with sample tasks and logs the browser in. Only where `about` says `demo`. The tasks are in the"
            " first language of `Accept-Language`, where that is German, or else in English. Takes no"
            " `Idempotency-Key`: secrets are not kept for a repeat."
        ),
        auth=[],
        request=None,
        responses={201: UserSerializer, **problems(400, 404, 429, TooManyGuests)},
        examples=[USER_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Make a guest."""
        if not settings.DEMO:
            raise Http404
        refuse_what_is_not_honoured(request)
        # DRF checks it only for those who are logged in, but another site must not log anybody in.
        CookieAuthentication().enforce_csrf(cast(Request, request._request))
        with transaction.atomic():
            guest = make_guest(now=clock.now())
            with perform(owner_id=guest.pk, verb="demo.fill") as operation:
                _fill(operation, said=_SAID.get(_language(request), _SAID[_DEFAULT]))
        logins.begin(request=request._request, user=guest)
        return Response(UserSerializer(guest).data, status=status.HTTP_201_CREATED)


def _language(request: Request) -> str:
    """Return the language that the browser would rather read, as its code without the country."""
    return request.headers.get("Accept-Language", "")[:2].lower()


def _fill(operation: OpenOperation, *, said: Sequence[tuple[str, str]]) -> None:
    for (title, notes), (priority, due_in_s, completed) in zip(said, _SAMPLES, strict=True):
        task = create_task(
            operation=operation,
            title=title,
            notes=notes,
            priority=priority,
            deadline=None if due_in_s is None else operation.now + timedelta(seconds=due_in_s),
        )
        if completed:
            complete_task(operation=operation, task_id=task.id)
