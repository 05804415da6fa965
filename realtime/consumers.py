"""One socket: from hello to bye. It delivers and never writes.

Ten thousand of them wait in one process most of the time, so a socket that waits holds as little as can be:
the server's own task reads the client's frames, and there is no other. What is to be sent is sent by `_pump`,
a task that lives until its client has all there is, and alone, so that nothing overtakes. Whoever finds that
the socket must close calls `dismiss`, and a last task says goodbye.

Channels' own consumer is not used: it waits before each message for the one thread that all requests share,
and keeps a task more for each socket.
"""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final, cast

from realtime import envelope, metrics
from realtime.cursor import AckBeyondSent, Cursor
from realtime.eager import begin
from realtime.envelope import (
    Ack,
    Bye,
    ClientFrame,
    CloseCode,
    Events,
    Hello,
    Ping,
    ProtocolError,
    Snapshot,
    Welcome,
)
from realtime.outage import AWAY
from realtime.outbox import Head
from realtime.ports import Listener
from realtime.relay import Relay
from realtime.sockets import Ring

logger = logging.getLogger(__name__)

HELLO_TIMEOUT_S: Final = 10
PING_INTERVAL_S: Final = 25
PONG_TIMEOUT_S: Final = 60
STALL_TIMEOUT_S: Final = 30
_PING_JITTER_S: Final = 5
_RETRY_SPREAD_S: Final = 5.0
_GOODBYE_TIMEOUT_S: Final = 1.0
_MAX_REASON_BYTES: Final = 123
_LEFT: Final = "The client left."
# Rings kept until the pump comes round. What does not fit is read from the outbox instead, so a
# slow client costs a constant amount of memory.
_MAX_KEPT_RINGS: Final = 32
_MAX_KEPT_BYTES: Final = 65_536
# A snapshot whose history is trimmed while it is read begins again, for a client that keeps up.
_MAX_SNAPSHOTS: Final = 3

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Mapping[str, Any]]]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]


class Dismissed(Exception):
    """The socket is to be closed."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class StreamConsumer:
    """The server's side of protocol v1 for one socket.

    Args:
        relay: What brings the events of this process.
    """

    __slots__ = (
        "_acked",
        "_cursor",
        "_dismissal",
        "_goodbye",
        "_hello",
        "_is_attached",
        "_kept_bytes",
        "_known_head",
        "_last_pong_s",
        "_ping_is_due",
        "_pump",
        "_relay",
        "_rings",
        "_send_message",
        "epoch",
        "listener",
    )

    def __init__(self, *, relay: Relay) -> None:
        self.epoch: str | None = None
        self.listener: Listener
        self._relay = relay
        self._send_message: Send
        self._hello: Hello | None = None
        self._cursor: Cursor | None = None
        self._is_attached = False
        self._known_head = 0
        self._last_pong_s = 0.0
        self._ping_is_due = False
        self._rings: list[Ring] | None = None
        self._kept_bytes = 0
        self._acked: asyncio.Event | None = None  # while the pump waits for an ack
        self._pump: asyncio.Task[None] | None = None
        self._goodbye: asyncio.Task[None] | None = None
        self._dismissal: Dismissed | None = None

    # --- The server's side ----------------------------------------------------------------------

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one socket, from its handshake until it is gone (an ASGI application)."""
        self._send_message = send
        await receive()  # websocket.connect
        self._relay.arriving.add(self)
        try:
            await self._admit(scope)
            self._relay.arriving.discard(self)
            await self._read(receive)
        finally:
            self._leave()

    async def _admit(self, scope: Scope) -> None:
        """Accept first, so that a refusal can say why, then see who it is."""
        offered = scope.get("subprotocols") or ()
        subprotocol = envelope.SUBPROTOCOL if envelope.SUBPROTOCOL in offered else None
        await self._send_message({"type": "websocket.accept", "subprotocol": subprotocol})
        self._last_pong_s = asyncio.get_running_loop().time()
        try:
            listener = await self._relay.questions.authenticate(scope)
        except Exception as error:  # noqa: BLE001 (whatever it is, the client is told to come back)
            self._fail(error)
            return
        finally:
            scope.clear()  # the handshake is over, and its headers would stay as long as the socket does
        if self._relay.stopping:
            self.dismiss(CloseCode.RESTART, "The server restarts.")
            return
        if listener is None:
            self.dismiss(CloseCode.NOT_AUTHENTICATED, "Sign in first.")
            return
        self.listener = listener
        self._is_attached = self._relay.attach(self)
        if not self._is_attached:
            self.dismiss(CloseCode.TOO_MANY_SOCKETS, "Too many connections are open.")
            return
        self._relay.pulse.add(self, in_s=HELLO_TIMEOUT_S)

    async def _read(self, receive: Receive) -> None:
        """Take in what the client says, until it is gone."""
        while (message := await receive())["type"] != "websocket.disconnect":
            if self._dismissal is not None:
                continue
            try:
                text = message.get("text")
                if text is None:
                    raise ProtocolError("Frames are text.")
                self._take_in(envelope.decode(text))
            except (ProtocolError, AckBeyondSent) as error:
                self.dismiss(CloseCode.PROTOCOL_ERROR, str(error))

    def _take_in(self, frame: ClientFrame) -> None:
        match frame:
            case Hello():
                if self._hello is not None:
                    raise ProtocolError("There is one hello, the first frame.")
                self._hello = frame
                self._wake()
                if self._is_attached:
                    self._relay.pulse.add(self, in_s=_ping_pause_s())
            case _ if self._hello is None:
                raise ProtocolError("The first frame is a hello.")
            case Ack(seq=seq):
                self._take_in_ack(seq, came_with=self._hello.since or 0)
            case _:
                self._last_pong_s = asyncio.get_running_loop().time()

    def _take_in_ack(self, seq: int, *, came_with: int) -> None:
        """Take in an ack; that of what the client said hello with is right at any time, whether that is taken up or not."""
        if self._cursor is None:  # of a snapshot's frame, whose seq is the head at most
            if seq > max(self._known_head, came_with):
                raise AckBeyondSent(f"seq {seq} was acknowledged, but {self._known_head} is the head.")
        elif seq > came_with or seq <= self._cursor.last_sent:
            self._cursor.ack(seq)
            if self._acked is not None:
                self._acked.set()

    def _detach(self) -> None:
        if self._is_attached:
            self._is_attached = False
            self._relay.pulse.remove(self)
            self._relay.detach(self)

    def _leave(self) -> None:
        self._relay.arriving.discard(self)
        self._detach()
        for task in (self._pump, self._goodbye):
            if task is not None:
                task.cancel()

    # --- The relay's side -----------------------------------------------------------------------

    def offer(self, ring: Ring) -> None:
        """Take in news of the stream; what finds no room is read from the outbox later."""
        if self._hand_over(ring):
            return
        if ring.encoded is not None and self._kept_bytes + ring.size <= _MAX_KEPT_BYTES:
            if self._rings is None:
                self._rings = []
            if len(self._rings) < _MAX_KEPT_RINGS:
                self._rings.append(ring)
                self._kept_bytes += ring.size
        self.note(ring.last)

    def _hand_over(self, ring: Ring) -> bool:
        """Put what comes next straight on the line, if nothing else is on its way; False if that can't be."""
        cursor = self._cursor
        if cursor is None or self._pump is not None or self._dismissal is not None or cursor.behind:
            return False
        if ring.encoded is None or not cursor.fits(first=ring.first, last=ring.last, size=ring.size):
            return False
        self._known_head = ring.last
        cursor.sent(to=ring.last, size=ring.size)
        metrics.EVENTS_TOLD.inc(ring.last - ring.first + 1)
        self._put(ring.message)
        return True

    def _put(self, message: Mapping[str, Any]) -> None:
        """Put a frame on the line while nothing else is on its way. If the line is full, the pump goes on with it."""
        try:
            rest = begin(self.send(message))
        except OSError:
            self.dismiss(CloseCode.RESTART, _LEFT)
        except Exception as error:  # noqa: BLE001 (whatever it is, the client is told to come back)
            self._fail(error)
        else:
            if rest is not None:
                self._wake(rest)

    def note(self, head: int) -> None:
        """Learn how far the stream reaches."""
        self._known_head = max(self._known_head, head)
        if self._cursor is not None and head > self._cursor.head:
            self._cursor.note(head)
            self._wake()

    def beat(self) -> float | None:
        """See whether the client still lives and let it see that we do; return when to look again, in seconds."""
        silent_s = asyncio.get_running_loop().time() - self._last_pong_s
        if self._hello is None:
            self.dismiss(CloseCode.PROTOCOL_ERROR, f"No hello within {HELLO_TIMEOUT_S} seconds.")
        elif silent_s >= PONG_TIMEOUT_S:
            self.dismiss(CloseCode.RESTART, f"No pong for {PONG_TIMEOUT_S} seconds.")
        else:
            if self._cursor is not None and self._pump is None and self._dismissal is None:
                self._put(self._ping())
            else:
                self._ping_is_due = True
                if self._acked is not None:
                    self._acked.set()
                self._wake()
            return min(_ping_pause_s(), PONG_TIMEOUT_S - silent_s)
        return None

    def dismiss(self, code: CloseCode, reason: str) -> None:
        """Close the socket soon, with a bye; the first reason counts."""
        if self._dismissal is not None:
            return
        self._dismissal = Dismissed(code, reason)
        metrics.GOODBYES.labels(int(code)).inc()
        if self._pump is not None:
            self._pump.cancel()
        self._detach()
        self._goodbye = self._relay.see_off(self._say_goodbye(self._dismissal))

    def _fail(self, error: Exception) -> None:
        if isinstance(error, AWAY):  # it was said, once for all sockets
            self.dismiss(CloseCode.RESTART, "The database is away for a moment.")
            return
        logger.error("A socket failed; its client is told to come back.", exc_info=error)
        self.dismiss(CloseCode.RESTART, "Something went wrong here.")

    # --- What is sent ---------------------------------------------------------------------------

    def _wake(self, begun: Awaitable[None] | None = None) -> None:
        """Start the pump, if it does not run already.

        Args:
            begun: What is being sent, and comes before all else.
        """
        if self._pump is None and self._dismissal is None and self._hello is not None:
            self._pump = asyncio.create_task(self._pump_dry(self._hello, begun), name="pump")

    async def _pump_dry(self, hello: Hello, begun: Awaitable[None] | None) -> None:
        try:
            if begun is not None:
                await self._finish(begun)
            if self._cursor is None:
                self._cursor = await self._join(hello)
            await self._send_all(self._cursor)
        except Dismissed as dismissed:
            self._pump = None
            self.dismiss(dismissed.code, dismissed.reason)
        except Exception as error:  # noqa: BLE001 (whatever it is, the client is told to come back)
            self._pump = None
            self._fail(error)
        else:
            self._pump = None  # in one turn with the last look: what comes now starts another one

    async def _join(self, hello: Hello) -> Cursor:
        """Send welcome, and the state if the client's own can't be continued."""
        # The head is read before the state: what changes meanwhile comes again as events.
        head = await self._head()
        self.epoch = head.epoch
        self.note(head.seq)
        self._relay.joined(self, head)
        resumed = head.continues(since=hello.since, epoch=hello.epoch)
        welcome = Welcome(epoch=head.epoch, head=head.seq, server_time=self._relay.now(), resumed=resumed)
        await self._send(welcome.encode())
        start = cast(int, hello.since) if resumed else await self._send_snapshot(head)
        return Cursor(last_sent=start, head=self._known_head)

    async def _head(self) -> Head:
        head = await self._relay.questions.head(self.listener.stream)
        if head is None:
            raise Dismissed(CloseCode.SESSION_ENDED, "This account is gone.")
        return head

    async def _send_snapshot(self, head: Head) -> int:
        """Send the whole state, anew if the events after it were trimmed meanwhile; return its seq."""
        for _ in range(_MAX_SNAPSHOTS):
            if await self._send_pages(seq=head.seq):
                return head.seq
            head = await self._head()
            if head.epoch != self.epoch:
                raise Dismissed(CloseCode.RESYNC, "The history was rebuilt.")
            self.note(head.seq)
        raise Dismissed(CloseCode.TOO_SLOW, "The history is trimmed faster than a snapshot gets through.")

    async def _send_pages(self, *, seq: int) -> bool:
        """Send one snapshot; False, before its last frame, if the events after `seq` are gone."""
        stream = self.listener.stream
        first = await self._relay.questions.first_page(stream)
        items, after = first.items, first.reached
        is_long = False
        while True:
            *portions, last = list(envelope.portions(items)) or [[]]
            for portion in portions:
                await self._send(Snapshot(seq=seq, items=portion, done=False).encode())
                await self._ping_if_due()
            # One page takes no time; should it all the same, the first read of events finds out.
            if after is None and is_long and not (await self._head()).continues(since=seq, epoch=self.epoch):
                return False
            await self._send(Snapshot(seq=seq, items=last, done=after is None).encode())
            if after is None:
                return True
            is_long = True
            await self._ping_if_due()
            items, after = await self._relay.questions.snapshot_page(stream, as_of=first.as_of, after=after)

    async def _send_all(self, cursor: Cursor) -> None:
        """Send what there is, as the client takes it in."""
        stalled_at: float | None = None
        while True:
            await self._ping_if_due()
            if not cursor.behind:
                self._rings, self._kept_bytes = None, 0
                if not self._ping_is_due:
                    return
            elif await self._send_next(cursor):
                stalled_at = None
            else:
                stalled_at = stalled_at or asyncio.get_running_loop().time()
                await self._wait_for_ack(until=stalled_at + STALL_TIMEOUT_S)

    async def _send_next(self, cursor: Cursor) -> bool:
        """Send the next events; False if the client first has to acknowledge some."""
        if cursor.is_full:
            return False
        if ring := self._next_ring(cursor):
            cursor.sent(to=ring.last, size=ring.size)  # first: its ack may be here before `send` returns
            metrics.EVENTS_TOLD.inc(ring.last - ring.first + 1)
            await self._finish(self.send(ring.message))
            return True
        found = await self._relay.questions.read(self.listener.stream, after=cursor.last_sent)
        if not found or found[0][0] != cursor.last_sent + 1:
            raise Dismissed(CloseCode.RESYNC, "The history was trimmed.")
        taken = cursor.takes(envelope.size(text) for _, text in found)
        first = cursor.last_sent + 1
        for portion in envelope.portions(text for _, text in found[:taken]):
            last = first + len(portion) - 1
            for seq, text in enumerate(portion, first):
                cursor.sent(to=seq, size=envelope.size(text))
            await self._send(Events(first=first, last=last, items=portion).encode())
            first = last + 1
        metrics.EVENTS_TOLD.inc(taken)
        return taken > 0

    def _next_ring(self, cursor: Cursor) -> Ring | None:
        """Return the ring that continues the stream, if the doorbell brought it; drop older ones."""
        while self._rings:
            ring = self._rings.pop(0)
            self._kept_bytes -= ring.size
            if cursor.fits(first=ring.first, last=ring.last, size=ring.size):
                return ring
        return None

    async def _wait_for_ack(self, *, until: float) -> None:
        """Wait for an ack, or for a ping to be due. Other news change nothing."""
        if self._ping_is_due:
            return
        self._acked = asyncio.Event()
        try:
            async with asyncio.timeout_at(until):
                await self._acked.wait()
        except TimeoutError:
            raise Dismissed(CloseCode.TOO_SLOW, f"No ack for {STALL_TIMEOUT_S} seconds.") from None
        finally:
            self._acked = None

    async def _ping_if_due(self) -> None:
        if self._ping_is_due:
            self._ping_is_due = False
            await self._finish(self.send(self._ping()))

    def _ping(self) -> Mapping[str, Any]:
        return _message(Ping(head=self._known_head, t=self._relay.now()).encode())

    async def _send(self, frame: str) -> None:
        await self._finish(self.send(_message(frame)))

    async def _finish(self, sending: Awaitable[None]) -> None:
        """Wait until the line has taken something in, as long as that may take."""
        try:
            async with asyncio.timeout(STALL_TIMEOUT_S):
                await sending
        except TimeoutError:
            raise Dismissed(CloseCode.TOO_SLOW, "The connection takes nothing in.") from None
        except OSError:  # ASGI's word for it: the reader will hear of it too
            raise Dismissed(CloseCode.RESTART, _LEFT) from None

    def send(self, message: Mapping[str, Any]) -> Awaitable[None]:
        """Put a frame on the line, as soon as that takes it."""
        return self._send_message(message)

    async def _say_goodbye(self, dismissal: Dismissed) -> None:
        retry_after_s = random.random() * _RETRY_SPREAD_S if dismissal.code < 4500 else None  # noqa: S311
        bye = Bye(code=dismissal.code, reason=dismissal.reason, retry_after_s=retry_after_s)
        await _try(self.send(_message(bye.encode())))
        # A line that took no bye is closed all the same.
        reason = _fitting(dismissal.reason)
        await _try(
            self._send_message({"type": "websocket.close", "code": int(dismissal.code), "reason": reason})
        )


def _message(frame: str) -> Mapping[str, Any]:
    return {"type": "websocket.send", "text": frame}


def _ping_pause_s() -> float:
    """Return the seconds to the next ping. Jitter keeps clients that came together from answering together."""
    return PING_INTERVAL_S + random.uniform(-1, 1) * _PING_JITTER_S  # noqa: S311


async def _try(act: Awaitable[None]) -> None:
    """Do what a dead line may refuse, or not answer at all."""
    try:
        async with asyncio.timeout(_GOODBYE_TIMEOUT_S):
            await act
    except Exception:
        logger.debug("A goodbye did not arrive.", exc_info=True)


def _fitting(reason: str) -> str:
    """Return a close reason as long as it may be: 123 bytes (RFC 6455, section 5.5)."""
    return reason.encode()[:_MAX_REASON_BYTES].decode(errors="ignore")
