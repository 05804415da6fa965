"""Spans of what happens, for whoever collects them; nothing at all where nobody does.

An event reaches its sockets in other processes, long after its request was answered, and what rings carry is the
event alone. So its way is a trace of its own, whose id is the operation's (`op_id`; of what the clock did, the
event's own): everybody who carries it knows that, and the spans of the operation and of its doorbell are linked to it.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Final
from uuid import UUID

_OFF: Final[AbstractContextManager[Any]] = nullcontext()
_LOW: Final = (1 << 64) - 1
_WITHIN: Final = 400  # ids stand before an event's data
_MAX_LINKS: Final = 100  # of a span: OpenTelemetry drops what is over 128
_OP_ID: Final = '"op_id":"'
_ID: Final = '"id":"'
_tracer: Any = None


def use(tracer: Any) -> None:
    """Make spans by OpenTelemetry's tracer from now on; None for none."""
    global _tracer
    _tracer = tracer


def is_on() -> bool:
    """Whether spans are made."""
    return _tracer is not None


def span(
    name: str, *, begins: Collection[UUID] = (), parent: Any = None, **attributes: Any
) -> AbstractContextManager[Any]:
    """Return a span for a `with`, or nothing.

    Args:
        name: What is done, of few different kinds.
        begins: Which ways of events begin in it, as `ways` returns them.
        parent: OpenTelemetry's context that it stands in; None for this thread's.
        attributes: What is known of it; None is left out.
    """
    if _tracer is None:
        return _OFF
    return _spanned(name, begins, parent, attributes)


@contextmanager
def _spanned(name: str, begins: Collection[UUID], parent: Any, attributes: dict[str, Any]) -> Iterator[Any]:
    from opentelemetry.trace import Link  # only where there is a tracer

    known = {key.replace("__", "."): value for key, value in attributes.items() if value is not None}
    links = [Link(_context_of(way)) for way in begins]
    with _tracer.start_as_current_span(name, context=parent, attributes=known, links=links) as made:
        yield made


def on_its_way(name: str, event: str, **attributes: Any) -> AbstractContextManager[Any]:
    """Return a span of an event's way.

    Args:
        name: What is done.
        event: The event as JSON.
        attributes: As of `span`.
    """
    if _tracer is None:
        return _OFF
    from opentelemetry.trace import NonRecordingSpan, set_span_in_context

    op_id, way = _id_in(event, _OP_ID), _way_of(event)
    parent = set_span_in_context(NonRecordingSpan(_context_of(way))) if way is not None else None
    return span(name, parent=parent, op_id=str(op_id) if op_id else None, **attributes)


def ways(events: Iterable[str]) -> Collection[UUID]:
    """Return the ways of events (JSON), the first hundred of them; none where nobody collects spans."""
    if _tracer is None:
        return ()
    found: dict[UUID, None] = {}
    for event in events:
        if (way := _way_of(event)) is not None:
            found[way] = None
        if len(found) == _MAX_LINKS:
            break
    return found


def _way_of(event: str) -> UUID | None:
    return _id_in(event, _OP_ID) or _id_in(event, _ID)


def _context_of(way: UUID) -> Any:
    from opentelemetry.trace import SpanContext, TraceFlags

    return SpanContext(
        trace_id=way.int,
        span_id=(way.int & _LOW) or 1,
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED),
    )


def _id_in(event: str, key: str) -> UUID | None:
    begin = event.find(key, 0, _WITHIN)
    return UUID(event[begin + len(key) : begin + len(key) + 36]) if begin >= 0 else None
