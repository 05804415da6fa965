"""`/api/v1/demo/`: a guest with sample tasks, some of them due within the minute."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, cast

from django.conf import settings
from django.db import transaction
from django.http import Http404
from django.utils.translation.trans_real import parse_accept_lang_header
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


@dataclass(frozen=True, kw_only=True, slots=True)
class _Sample:
    """A task that a guest finds: what it says, by language, as title and notes; when it is due, from now on."""

    en: tuple[str, str]
    de: tuple[str, str]
    priority: int
    due_in: timedelta | None = None
    completed: bool = False


_LANGUAGES: Final = ("en", "de")  # whoever reads neither gets the first
_SAMPLES: Final = (
    # Missed within the ten seconds that a visitor gives a page, of which drawing it takes two at most.
    _Sample(
        en=("Watch this one cross the line", "Open a second window: it moves there too."),
        de=("Sieh zu, wie diese verpasst wird", "Öffne ein zweites Fenster: Sie wandert auch dort."),
        priority=2,
        due_in=timedelta(seconds=8),
    ),
    _Sample(
        en=("Send the invoice", ""),
        de=("Rechnung schicken", ""),
        priority=1,
        due_in=timedelta(seconds=30),
    ),
    _Sample(
        en=("Water the plants", "Finish it before it is missed."),
        de=("Pflanzen gießen", "Erledige sie, bevor sie verpasst wird."),
        priority=4,
        due_in=timedelta(seconds=90),
    ),
    _Sample(
        en=("Call the bank", "Ask about the standing order."),
        de=("Bei der Bank anrufen", "Nach dem Dauerauftrag fragen."),
        priority=3,
        due_in=timedelta(minutes=-22),
    ),
    _Sample(
        en=("Prepare Thursday's talk", "Three ideas, one picture each."),
        de=("Vortrag am Donnerstag vorbereiten", "Drei Gedanken, je ein Bild."),
        priority=2,
        due_in=timedelta(hours=26),
    ),
    _Sample(
        en=("Renew the passport", ""),
        de=("Pass verlängern", ""),
        priority=3,
        due_in=timedelta(days=9),
    ),
    _Sample(
        en=("Learn to make pasta", "No deadline: it is never missed."),
        de=("Pasta machen lernen", "Ohne Frist: Sie wird nie verpasst."),
        priority=4,
    ),
    _Sample(
        en=("Book flights", ""),
        de=("Flüge buchen", ""),
        priority=3,
        due_in=timedelta(hours=2),
        completed=True,
    ),
    _Sample(
        en=("Tax form", ""),
        de=("Steuererklärung", ""),
        priority=3,
        due_in=timedelta(hours=-3),
        completed=True,
    ),
)


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
            " first language of `Accept-Language` that is English or German, or else in English. Takes no"
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
                _fill(operation, language=_language(request))
        logins.begin(request=request._request, user=guest)
        return Response(UserSerializer(guest).data, status=status.HTTP_201_CREATED)


def _language(request: Request) -> str:
    """Return the first of our languages that the browser reads, whatever the country."""
    read = (
        code.partition("-")[0]
        for code, _ in parse_accept_lang_header(request.headers.get("Accept-Language", ""))
    )
    return next((code for code in read if code in _LANGUAGES), _LANGUAGES[0])


def _fill(operation: OpenOperation, *, language: str) -> None:
    for sample in _SAMPLES:
        title, notes = getattr(sample, language)
        task = create_task(
            operation=operation,
            title=title,
            notes=notes,
            priority=sample.priority,
            deadline=None if sample.due_in is None else operation.now + sample.due_in,
        )
        if sample.completed:
            complete_task(operation=operation, task_id=task.id)
