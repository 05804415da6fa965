"""The frames of protocol v1, as a client reads and writes them. What is not known is ignored."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from taskengine_client.changes import Item

T = TypeVar("T")


class BrokenFrame(ValueError):
    """What came is no frame: nothing sound can follow on the same connection."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Welcome:
    """The answer to a hello: events follow if `resumed`, a snapshot otherwise."""

    epoch: str
    resumed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """Some of a snapshot as of `seq`; the last one is `done`."""

    seq: int
    items: tuple[Item, ...]
    done: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Events:
    """Events one after the other, each with its `seq`."""

    items: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Ping:
    """A sign of life, and how far the stream reaches."""

    head: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Bye:
    """The server's last frame."""

    code: int
    reason: str
    retry_after_s: float


ServerFrame = Welcome | Page | Events | Ping | Bye


def parse(text: str | bytes) -> ServerFrame | None:
    """Read a frame of the server; None for one of a type that is not known here.

    Raises:
        BrokenFrame: It is no text, no JSON, or lacks what it must hold.
    """
    if isinstance(text, bytes):
        raise BrokenFrame("A frame must be text.")
    try:
        frame = json.loads(text)
        read = _READERS.get(_field(frame, "type", str))
        return None if read is None else read(frame)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise BrokenFrame(f"This is no frame: {text[:80]!r}") from error


def hello(*, since: int | None, epoch: str | None) -> str:
    """Return the first frame: where the client left off, or nothing."""
    return json.dumps({"type": "hello", "since": since, "epoch": epoch})


def ack(seq: int) -> str:
    """Return what says that every event up to `seq` was taken in."""
    return json.dumps({"type": "ack", "seq": seq})


def pong() -> str:
    """Return the answer to a ping."""
    return json.dumps({"type": "pong"})


def _read_welcome(frame: Mapping[str, Any]) -> Welcome:
    return Welcome(epoch=_field(frame, "epoch", str), resumed=_field(frame, "resumed", bool))


def _read_page(frame: Mapping[str, Any]) -> Page:
    items = tuple(
        Item(kind=_field(item, "kind", str), data=_field(item, "data", dict))
        for item in _field(frame, "items", list)
    )
    return Page(seq=_field(frame, "seq", int), items=items, done=_field(frame, "done", bool))


def _read_events(frame: Mapping[str, Any]) -> Events:
    items = tuple(_field(frame, "items", list))
    for item in items:
        for name, kind in (("seq", int), ("type", str), ("data", dict)):
            _field(item, name, kind)
    return Events(items=items)


def _read_ping(frame: Mapping[str, Any]) -> Ping:
    return Ping(head=_field(frame, "head", int))


def _read_bye(frame: Mapping[str, Any]) -> Bye:
    return Bye(
        code=_field(frame, "code", int),
        reason=str(frame.get("reason", "")),
        retry_after_s=max(0.0, float(frame.get("retry_after_s") or 0)),
    )


_READERS: Final[Mapping[str, Callable[[Mapping[str, Any]], ServerFrame]]] = {
    "welcome": _read_welcome,
    "snapshot": _read_page,
    "events": _read_events,
    "ping": _read_ping,
    "bye": _read_bye,
}


def _field(frame: Mapping[str, Any], name: str, kind: type[T]) -> T:
    value = frame[name]
    if type(value) is not kind:
        raise TypeError(f"{name} is {value!r}")
    return value
