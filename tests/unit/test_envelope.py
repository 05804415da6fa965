"""The frames: what is written, and what of a client's is read or refused."""

import itertools
import json
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from realtime import envelope
from realtime.envelope import (
    Ack,
    Bye,
    CloseCode,
    Event,
    Events,
    Hello,
    Ping,
    Pong,
    ProtocolError,
    Snapshot,
    Welcome,
    decode,
    rfc3339,
)

ADA = UUID(int=1)
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
# Hypothesis puts the zones on; a day's room at both ends is for their offsets.
_FIRST, _LAST = datetime(1970, 1, 2), datetime(9999, 12, 30)  # noqa: DTZ001
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ('{"type":"hello"}', Hello()),
        ('{"type":"hello","since":null,"epoch":null}', Hello()),
        ('{"type":"hello","since":0,"epoch":"e"}', Hello(since=0, epoch="e")),
        ('{"type":"hello","since":9223372036854775807}', Hello(since=2**63 - 1)),
        ('{"type":"ack","seq":7}', Ack(seq=7)),
        ('{"type":"pong"}', Pong()),
        (' { "seq" : 7 , "type" : "ack" } ', Ack(seq=7)),
    ],
)
def test_each_frame_of_a_client_is_read(text: str, frame: Any) -> None:
    assert decode(text) == frame


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ('{"type":"pong"} {}', "not JSON"),
        ("NaN", "not JSON"),
        ('"hello"', "JSON object"),
        ("null", "JSON object"),
        ("{}", "type is none of"),
        ('{"type":"Hello"}', "type is none of"),
        ('{"type":["hello"]}', "type is none of"),
        ('{"type":{}}', "type is none of"),
        ('{"type":"hello","sinse":1}', "'sinse'"),
        ('{"type":"pong","x":1}', "'x'"),
        ('{"type":"hello","since":1.0}', "since must be"),
        ('{"type":"hello","since":true}', "since must be"),
        ('{"type":"hello","since":-1}', "since must be"),
        ('{"type":"hello","since":9223372036854775808}', "since must be"),
        ('{"type":"hello","epoch":7}', "epoch must be"),
        ('{"type":"ack"}', "needs a seq"),
        ('{"type":"ack","seq":null}', "needs a seq"),
        ('{"type":"ack","seq":"7"}', "seq must be"),
    ],
)
def test_what_is_no_frame_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(ProtocolError, match=reason):
        decode(text)


def test_a_frame_beyond_the_limit_is_refused_before_it_is_parsed() -> None:
    padding = " " * (envelope.MAX_CLIENT_FRAME_CHARS - len('{"type":"pong"}'))
    assert decode('{"type":"pong"}' + padding) == Pong()
    with pytest.raises(ProtocolError, match="64 KiB"):
        decode('{"type":"pong"}' + padding + " ")


def test_the_name_of_an_unknown_field_is_not_echoed_at_any_length() -> None:
    with pytest.raises(ProtocolError) as refusal:
        decode(json.dumps({"type": "pong", "x" * 10_000: 1}))
    assert len(str(refusal.value)) < 120


@given(st.text() | ANY_JSON.map(json.dumps) | st.dictionaries(
    st.sampled_from(["type", "since", "epoch", "seq", "x"]),
    st.sampled_from(["hello", "ack", "pong"]) | ANY_JSON,
).map(json.dumps))  # fmt: skip
def test_whatever_a_client_sends_is_a_frame_or_refused(text: str) -> None:
    with suppress(ProtocolError):
        assert isinstance(decode(text), Hello | Ack | Pong)


@pytest.mark.parametrize(
    ("instant", "text"),
    [
        (NOON, "2026-11-22T12:00:00.000000Z"),
        (NOON + timedelta(microseconds=1), "2026-11-22T12:00:00.000001Z"),
        (NOON.astimezone(timezone(timedelta(hours=5, minutes=30))), "2026-11-22T12:00:00.000000Z"),
        (
            (NOON + timedelta(microseconds=1)).astimezone(timezone(timedelta(hours=-8))),
            "2026-11-22T12:00:00.000001Z",
        ),
    ],
)
def test_equal_instants_are_equal_texts(instant: datetime, text: str) -> None:
    assert rfc3339(instant) == text


@given(st.datetimes(min_value=_FIRST, max_value=_LAST, timezones=st.timezones()))
def test_an_instant_keeps_its_place_to_the_microsecond(instant: datetime) -> None:
    assert datetime.fromisoformat(rfc3339(instant)) == instant.astimezone(UTC)


@given(data=st.dictionaries(st.text(), ANY_JSON.filter(lambda value: _is_small(value)), max_size=4))
def test_an_event_has_one_shape_and_its_data_is_left_as_it_is(data: dict[str, Any]) -> None:
    event = Event(
        stream=ADA, seq=3, id=UUID(int=2), type="task.created", at=NOON, actor=ADA, op_id=None,
        data=json.dumps(data),
    )  # fmt: skip
    expected = {
        "v": 1,
        "stream": str(ADA),
        "seq": 3,
        "id": str(UUID(int=2)),
        "type": "task.created",
        "at": "2026-11-22T12:00:00.000000Z",
        "actor": str(ADA),
        "op_id": None,
        "data": data,
    }
    assert json.loads(event.encode()) == expected


def _is_small(value: Any) -> bool:
    """Whether JSON's 64 bits hold every number in it."""
    if isinstance(value, dict):
        return all(map(_is_small, value.values()))
    if isinstance(value, list):
        return all(map(_is_small, value))
    return not isinstance(value, int) or -(2**63) <= value < 2**63


def test_the_frames_of_a_server_have_their_shape() -> None:
    frames: list[envelope.ServerFrame] = [
        Welcome(epoch="e", head=4, server_time=NOON, resumed=False),
        Snapshot(seq=4, items=['{"kind":"task","data":{"id":"1"}}'], done=True),
        Events(first=5, last=6, items=['{"seq":5}', '{"seq":6}']),
        Ping(head=6, t=NOON),
        Bye(code=CloseCode.TOO_SLOW, reason="No ack.", retry_after_s=1.5),
        Bye(code=CloseCode.SESSION_ENDED, reason="Signed out.", retry_after_s=None),
    ]
    noon = "2026-11-22T12:00:00.000000Z"
    assert [json.loads(frame.encode()) for frame in frames] == [
        {"type": "welcome", "epoch": "e", "head": 4, "server_time": noon, "resumed": False},
        {"type": "snapshot", "seq": 4, "items": [{"kind": "task", "data": {"id": "1"}}], "done": True},
        {"type": "events", "from": 5, "to": 6, "items": [{"seq": 5}, {"seq": 6}]},
        {"type": "ping", "head": 6, "t": noon},
        {"type": "bye", "code": 4008, "reason": "No ack.", "retry_after_s": 1.5},
        {"type": "bye", "code": 4503, "reason": "Signed out.", "retry_after_s": None},
    ]


def test_the_codes_are_those_that_clients_know() -> None:
    assert {code.name: code.value for code in CloseCode} == {
        "TOO_SLOW": 4008,
        "RESYNC": 4010,
        "RESTART": 4012,
        "NOT_AUTHENTICATED": 4500,
        "PROTOCOL_ERROR": 4501,
        "SESSION_ENDED": 4503,
        "TOO_MANY_SOCKETS": 4504,
    }


@given(st.lists(st.integers(0, 300_000), max_size=12))
def test_portions_keep_every_item_in_order_and_fit_unless_they_are_one(sizes: list[int]) -> None:
    items = [f"{number}" + "x" * size for number, size in enumerate(sizes)]
    portions = list(envelope.portions(items))
    assert [item for portion in portions for item in portion] == items
    for portion in portions:
        assert len(portion) == 1 or sum(map(len, portion)) <= envelope.MAX_SERVER_FRAME_CHARS
    for portion, following in itertools.pairwise(portions):
        assert sum(map(len, [*portion, following[0]])) > envelope.MAX_SERVER_FRAME_CHARS
