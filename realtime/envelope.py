"""The shapes on the wire: events, and the frames of protocol v1 (`docs/realtime.md`).

Nothing here reads a clock, a socket or a database.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from enum import IntEnum
from typing import Any, ClassVar, Final, NamedTuple, Self
from uuid import UUID

import orjson

VERSION: Final = 1
SUBPROTOCOL: Final = "taskengine.v1"
MAX_CLIENT_FRAME_CHARS: Final = 65_536
# Frames the server sends end here, if they have more than one item: clients and servers refuse frames
# of a megabyte, and a slow line must get one through in time. Characters; a byte to four each.
MAX_SERVER_FRAME_CHARS: Final = 131_072
MAX_SEQ: Final = 2**63 - 1


class CloseCode(IntEnum):
    """Why the server closes a socket. Below 4500 the client comes back, from 4500 on it does not."""

    TOO_SLOW = 4008
    RESYNC = 4010
    RESTART = 4012
    NOT_AUTHENTICATED = 4500
    PROTOCOL_ERROR = 4501
    SESSION_ENDED = 4503
    TOO_MANY_SOCKETS = 4504


class ProtocolError(Exception):
    """The client sent a frame that protocol v1 does not have. The message says what was wrong."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Event:
    """One fact in a stream.

    Attributes:
        stream: Whose stream it stands in.
        seq: Its place there, from 1 on and without gaps.
        id: Its own name, for logs and for clients that merge streams.
        type: What happened, such as `task.completed`.
        at: When it happened, aware. A deadline that was fired late still has the deadline here.
        actor: Who did it; None for what the clock did.
        op_id: The operation it belongs to; None for what the clock did.
        data: The whole object after it, by kind, as JSON: it goes from the row to the wire as it is.
    """

    stream: UUID
    seq: int
    id: UUID
    type: str
    at: datetime
    actor: UUID | None
    op_id: UUID | None
    data: str

    def encode(self) -> str:
        """Return the event as JSON, the same for everyone who gets it."""
        sketch = Sketch.of(
            stream=self.stream, id=self.id, type=self.type, at=self.at, actor=self.actor, op_id=self.op_id
        )
        return sketch.encode(seq=self.seq, data=self.data)


class Sketch(NamedTuple):
    """What is known of an event's JSON before it has its number and its data.

    Attributes:
        before: What stands before the number.
        after: What stands between the number and the data.
    """

    before: str
    after: str

    @classmethod
    def of(
        cls,
        *,
        stream: UUID,
        id: UUID,  # noqa: A002 (the field's name)
        type: str,  # noqa: A002
        at: datetime,
        actor: UUID | None,
        op_id: UUID | None,
    ) -> Self:
        """Return the sketch of an event; the fields are those of `Event`."""
        head = _json({"v": VERSION, "stream": stream})
        rest = _json({"id": id, "type": type, "at": rfc3339(at), "actor": actor, "op_id": op_id})
        return cls(before=f'{head[:-1]},"seq":', after=f',{rest[1:-1]},"data":')

    def encode(self, *, seq: int, data: str) -> str:
        """Return the event as JSON, with its number and its data, which is JSON already."""
        return f"{self.before}{seq}{self.after}{data}}}"


_UTC_CHARS: Final = len('"2026-01-01T00:00:00.000001Z"')


def rfc3339(instant: datetime) -> str:
    """Return an aware datetime as UTC text with six digits, so that equal instants are equal texts."""
    # A list has a hundred and fifty of them, and Python takes three times as long as orjson, which leaves six zeros out.
    # To remember texts is no better: an instant's hash alone takes as long, and of a million deadlines few are equal.
    text = orjson.dumps(instant, None, orjson.OPT_UTC_Z)
    if len(text) == _UTC_CHARS and text.endswith(b'Z"'):
        return text[1:-1].decode()
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


# --- Frames the client sends --------------------------------------------------------------------
# The server refuses a type or a field that stands not here. `docs/asyncapi.yaml` is made of these classes.


@dataclass(frozen=True, kw_only=True, slots=True)
class Hello:
    """The first frame: where the client left off, or nothing when it has nothing.

    Attributes:
        since: The last `seq` that the client has; null or absent if it has nothing.
        epoch: The history that `since` belongs to, as the last welcome named it.
    """

    TYPE: ClassVar[str] = "hello"

    since: int | None = None
    epoch: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Ack:
    """The client has taken in every event up to `seq`.

    Attributes:
        seq: At most the last one it was sent; while a snapshot comes, at most the head.
    """

    TYPE: ClassVar[str] = "ack"

    seq: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Pong:
    """The answer to a ping."""

    TYPE: ClassVar[str] = "pong"


ClientFrame = Hello | Ack | Pong
_PONG: Final = '{"type":"pong"}'  # as nearly every client writes it
CLIENT_FRAMES: Final[tuple[type[ClientFrame], ...]] = (Hello, Ack, Pong)


def decode(text: str) -> ClientFrame:
    """Read a client's frame.

    Raises:
        ProtocolError: It is not JSON, has an unknown type or field, or a value of the wrong kind.
    """
    if text == _PONG:
        return Pong()
    if len(text) > MAX_CLIENT_FRAME_CHARS:
        raise ProtocolError("The frame is longer than 64 KiB.")
    try:
        frame = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise ProtocolError("The frame is not JSON.") from error
    if not isinstance(frame, dict):
        raise ProtocolError("A frame is a JSON object.")
    kind = frame.pop("type", None)
    if kind == Hello.TYPE:
        hello = Hello(since=_seq(frame.pop("since", None), "since"), epoch=_epoch(frame.pop("epoch", None)))
        return _whole(hello, frame)
    if kind == Ack.TYPE:
        seq = _seq(frame.pop("seq", None), "seq")
        if seq is None:
            raise ProtocolError("An ack needs a seq.")
        return _whole(Ack(seq=seq), frame)
    if kind == Pong.TYPE:
        return _whole(Pong(), frame)
    raise ProtocolError("The frame's type is none of hello, ack and pong.")


def _whole(read: ClientFrame, rest: Mapping[str, Any]) -> ClientFrame:
    if rest:
        raise ProtocolError(f"The frame has a field that is not known: {ascii(min(rest))[:40]}.")
    return read


def _seq(value: Any, name: str) -> int | None:
    if value is None:
        return None
    if type(value) is not int or not 0 <= value <= MAX_SEQ:
        raise ProtocolError(f"{name} must be a whole number, 0 or more.")
    return value


def _epoch(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise ProtocolError("epoch must be text.")


# --- Frames the server sends --------------------------------------------------------------------
# Clients pass over a type or a field that stands not here, so that an old page outlives a new server.


@dataclass(frozen=True, kw_only=True, slots=True)
class Welcome:
    """The answer to a hello.

    Attributes:
        epoch: The name of the history; another one means that nothing of what the client has counts.
        head: The last `seq` of the stream.
        server_time: The server's clock.
        resumed: Whether the events after the client's `since` follow, or a snapshot.
    """

    TYPE: ClassVar[str] = "welcome"

    epoch: str
    head: int
    server_time: datetime
    resumed: bool

    def encode(self) -> str:
        """Return the frame as JSON."""
        return _frame(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class Snapshot:
    """Some of the whole state.

    Attributes:
        seq: The same in all frames of one snapshot: the events after it follow. A frame with another one
            begins the snapshot anew, and what came before is dropped.
        items: `{"kind", "data"}` each, JSON already.
        done: Whether this is the last frame.
    """

    TYPE: ClassVar[str] = "snapshot"

    seq: int
    items: Sequence[str]
    done: bool

    def encode(self) -> str:
        """Return the frame as JSON."""
        done = "true" if self.done else "false"
        return f'{{"type":"snapshot","seq":{self.seq},"items":[{",".join(self.items)}],"done":{done}}}'


@dataclass(frozen=True, kw_only=True, slots=True)
class Events:
    """Events that follow each other.

    Attributes:
        first: The `seq` of the first; one more than the last that the client has.
        last: The `seq` of the last.
        items: The events, JSON already.
    """

    TYPE: ClassVar[str] = "events"

    first: int = field(metadata={"wire": "from"})
    last: int = field(metadata={"wire": "to"})
    items: Sequence[str]

    def encode(self) -> str:
        """Return the frame as JSON."""
        return f'{{"type":"events","from":{self.first},"to":{self.last},"items":[{",".join(self.items)}]}}'


@dataclass(frozen=True, kw_only=True, slots=True)
class Ping:
    """A sign of life; the client answers with a pong.

    Attributes:
        head: The last `seq` of the stream.
        t: The server's clock.
    """

    TYPE: ClassVar[str] = "ping"

    head: int
    t: datetime

    def encode(self) -> str:
        """Return the frame as JSON."""
        # By hand: there are hundreds a second, and nothing in it needs quotes.
        return f'{{"type":"ping","head":{self.head},"t":"{rfc3339(self.t)}"}}'


@dataclass(frozen=True, kw_only=True, slots=True)
class Bye:
    """The last frame before the server closes.

    Attributes:
        code: The close code that follows.
        reason: Why, for people.
        retry_after_s: How many seconds to wait before coming back; null where coming back is no use.
    """

    TYPE: ClassVar[str] = "bye"

    code: CloseCode
    reason: str
    retry_after_s: float | None

    def encode(self) -> str:
        """Return the frame as JSON."""
        return _frame(self)


ServerFrame = Welcome | Snapshot | Events | Ping | Bye
SERVER_FRAMES: Final[tuple[type[ServerFrame], ...]] = (Welcome, Snapshot, Events, Ping, Bye)


def _frame(frame: Welcome | Bye) -> str:
    read: dict[str, Any] = {"type": frame.TYPE}
    for one in fields(frame):
        value = getattr(frame, one.name)
        read[one.name] = rfc3339(value) if isinstance(value, datetime) else value
    return _json(read)


def encode_item(item: Mapping[str, Any]) -> str:
    """Return one item of a snapshot, `{"kind", "data"}`, as JSON."""
    return _json(item)


def size(encoded: str) -> int:
    """Return how many bytes a text takes on the wire."""
    return len(encoded) if encoded.isascii() else len(encoded.encode())


def portions(encoded: Iterable[str]) -> Iterator[list[str]]:
    """Cut a list of JSON texts into lists that fit into a frame each; nothing makes no portion."""
    portion: list[str] = []
    chars = 0
    for text in encoded:
        if portion and chars + len(text) > MAX_SERVER_FRAME_CHARS:
            yield portion
            portion, chars = [], 0
        portion.append(text)
        chars += len(text)
    if portion:
        yield portion


def _json(value: Any) -> str:
    return orjson.dumps(value).decode()
