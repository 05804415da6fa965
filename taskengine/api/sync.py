"""`/api/v1/sync/`: the stream, page by page, for those who have no socket open."""

from typing import Any, ClassVar, Final

import orjson
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from realtime import history
from realtime.envelope import MAX_SEQ, rfc3339
from taskengine import clock
from taskengine.api import cursors
from taskengine.api.fields import DigitsField, TextField
from taskengine.api.problems_schema import problems
from taskengine.api.requests import owner_id
from taskengine.api.serializers import StrictSerializer
from taskengine.snapshots import Snapshots

_MAX_EPOCH_CHARS: Final = 64


class SyncQuerySerializer(StrictSerializer):
    """Where the client left off; nothing where it has nothing."""

    since = DigitsField(
        required=False, min_value=0, max_value=MAX_SEQ, help_text="`next_since` of the answer before."
    )
    epoch = TextField(required=False, max_length=_MAX_EPOCH_CHARS, help_text="`epoch` of the answer before.")
    cursor = TextField(
        required=False, help_text="`next_cursor` of the page before, while a snapshot is read."
    )
    limit = DigitsField(
        required=False,
        min_value=1,
        max_value=history.MAX_EVENTS,
        default=history.MAX_EVENTS,
        help_text="At most so many events.",
    )

    def validate(self, attrs: Any) -> Any:
        """Refuse half of a place, and two places."""
        for given, needed in (("since", "epoch"), ("epoch", "since")):
            if given in attrs and needed not in attrs:
                raise serializers.ValidationError({needed: [f"It belongs to `{given}`."]}, code="required")
        if "cursor" in attrs and "since" in attrs:
            raise serializers.ValidationError(
                {"cursor": ["A cursor is of a snapshot, `since` of events. Send one of them."]}
            )
        return attrs


class StreamEventSerializer(serializers.Serializer[Any]):
    """One fact in a stream, as the socket brings it."""

    v = serializers.IntegerField(help_text="1")
    stream = serializers.UUIDField()
    seq = serializers.IntegerField(help_text="Its place, from 1 on and without a gap.")
    id = serializers.UUIDField()
    type = serializers.CharField(help_text="Such as `task.missed`.")
    at = serializers.DateTimeField()
    actor = serializers.UUIDField(allow_null=True)
    op_id = serializers.UUIDField(allow_null=True)
    data = serializers.DictField(help_text="The whole object after it, under its kind.")  # type: ignore[assignment]


class SnapshotItemSerializer(serializers.Serializer[Any]):
    """One object of the whole state."""

    kind = serializers.CharField(help_text="`task`, `project`, `label` or `breakdown`.")
    data = serializers.DictField()  # type: ignore[assignment]  # the name on the wire


class SyncSerializer(serializers.Serializer[Any]):
    """What the client lacks, or some of it."""

    epoch = serializers.CharField(help_text="The name of the history.")
    head = serializers.IntegerField(help_text="The last `seq` of the stream.")
    server_time = serializers.DateTimeField()
    snapshot = SnapshotItemSerializer(
        many=True, allow_null=True, help_text="A page of the whole state; null where `since` was sent."
    )
    events = StreamEventSerializer(many=True, help_text="What follows `since`.")
    next_cursor = TextField(allow_null=True, help_text="The next page of the snapshot.")
    next_since = serializers.IntegerField(
        allow_null=True, help_text="Ask for the events after it next; null before the snapshot's last page."
    )
    has_more = serializers.BooleanField(help_text="Whether there is more to be had at once.")


@extend_schema(tags=["sync"])
class SyncView(APIView):
    """The stream, without a socket."""

    scope: ClassVar[str] = "events"

    @extend_schema(
        operation_id="sync",
        summary="Read what one lacks",
        description=(
            "The events that the socket brings, for those who ask now and then. Without `since` the answer is a"
            " snapshot, page by page: pass `cursor` on until `next_since` comes. Then ask with `since` and"
            " `epoch` for what follows; a page ends after 100 events or about 256 KiB. 410 means that it can't"
            " be told any more (`history_trimmed`, `unknown_epoch`): begin anew without `since`, also in the"
            " middle of a snapshot."
        ),
        parameters=[SyncQuerySerializer],
        responses={200: SyncSerializer, **problems(400, 401, 410, 429)},
        examples=[
            OpenApiExample(
                "Nothing new",
                value={
                    "epoch": "9f2c4e1c6f0b4f6f8d0b1a52c6f0de11",
                    "head": 57,
                    "server_time": "2026-11-22T09:00:01.000000Z",
                    "snapshot": None,
                    "events": [],
                    "next_cursor": None,
                    "next_since": 57,
                    "has_more": False,
                },
                response_only=True,
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Return the next page, of events or of a snapshot."""
        query = SyncQuerySerializer(data=request.query_params.dict())
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        if "since" in asked:
            return self._events(request, since=asked["since"], epoch=asked["epoch"], limit=asked["limit"])
        return self._snapshot(request, cursor=asked.get("cursor"))

    def _events(self, request: Request, *, since: int, epoch: str, limit: int) -> Response:
        found = history.go_on(owner_id(request), since=since, epoch=epoch, limit=limit)
        last = found.events[-1][0] if found.events else since
        return Response(
            {
                "epoch": epoch,
                "head": max(found.head.seq, last),
                "server_time": rfc3339(clock.now()),
                "snapshot": None,
                "events": [orjson.loads(text) for _, text in found.events],
                "next_cursor": None,
                "next_since": last,
                "has_more": last < found.head.seq,
            }
        )

    def _snapshot(self, request: Request, *, cursor: str | None) -> Response:
        person = owner_id(request)
        bound_to = {"owner": str(person), "list": "sync"}
        # The head is read before the state: what changes meanwhile comes again as events.
        head = history.head_of(person)
        now = as_of = clock.now()
        seq, after = head.seq, None
        if cursor is not None:
            position = cursors.decode(cursor, bound_to=bound_to)
            (seq, epoch), as_of, after = position.value, position.as_of, position.key
            history.check(head, since=seq, epoch=epoch)
        items, reached = Snapshots().page(person, as_of=as_of, after=after)
        next_cursor = None
        if reached is not None:
            end = cursors.Position(as_of=as_of, value=[seq, head.epoch], key=reached)
            next_cursor = cursors.encode(end, bound_to=bound_to)
        return Response(
            {
                "epoch": head.epoch,
                "head": head.seq,
                "server_time": rfc3339(now),
                "snapshot": items,
                "events": [],
                "next_cursor": next_cursor,
                "next_since": None if next_cursor else seq,
                "has_more": next_cursor is not None or seq < head.seq,
            }
        )
