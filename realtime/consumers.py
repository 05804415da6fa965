"""One socket: from hello to bye. It delivers and never writes.

Three tasks share a socket. Channels' own reads the client's frames; `_feed` alone sends events,
so that nothing overtakes; `_keep_alive` pings. Whoever finds that the socket must close calls
`dismiss`, and the feed's end says goodbye.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, cast

from channels.exceptions import StopConsumer
from channels.generic.websocket import AsyncWebsocketConsumer

from realtime import envelope
from realtime.cursor import AckBeyondSent, Cursor
from realtime.envelope import Ack, ClientFrame, CloseCode, Hello, ProtocolError
from realtime.outbox import heads
from realtime.ports import Listener
from realtime.relay import Relay, Ring

logger = logging.getLogger(__name__)

HELLO_TIMEOUT_S: Final = 10
PING_INTERVAL_S: Final = 25
PONG_TIMEOUT_S: Final = 60
STALL_TIMEOUT_S: Final = 30
_PING_JITTER_S: Final = 5
_RETRY_SPREAD_S: Final = 5.0
_GOODBYE_TIMEOUT_S: Final = 1.0
_MAX_REASON_BYTES: Final = 123
# Rings kept until the feed comes round. What does not fit is read from the outbox instead, so a
# slow client costs a constant amount of memory.
_MAX_KEPT_RINGS: Final = 32


class Dismissed(Exception):
    """The socket is to be closed."""

    def __init__(self, code: CloseCode, reason: str) -> None:
        super().__init__(code, reason)
        self.code = code
        self.reason = reason


class StreamConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]  # Channels has no types
    """The server's side of protocol v1 for one socket.

    Args:
        relay: What brings the events of this process.
    """

    # No layer of this name exists, so Channels gives the socket no channel: the relay delivers.
    channel_layer_alias = "none"

    listener: Listener

    def __init__(self, *, relay: Relay) -> None:
        super().__init__()
        self.epoch: str | None = None
        self._relay = relay
        self._cursor: Cursor | None = None
        self._rings: deque[Ring] = deque(maxlen=_MAX_KEPT_RINGS)
        self._news = asyncio.Event()
        self._hello: asyncio.Future[Hello] = asyncio.get_running_loop().create_future()
        self._dismissal: Dismissed | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._last_pong_s = 0.0
        self._known_head = 0

    # --- Channels' side -------------------------------------------------------------------------

    async def dispatch(self, message: Mapping[str, Any]) -> None:
        """Call the handler. Channels' own would first wait for the one thread all requests share."""
        match message["type"]:
            case "websocket.connect":
                await self.websocket_connect(message)
            case "websocket.receive":
                self._receive(message)
            case "websocket.disconnect":
                await self.websocket_disconnect(message)

    async def connect(self) -> None:
        """Accept first, so that a refusal can say why, then see who it is."""
        offered = self.scope.get("subprotocols") or ()
        await self.accept(subprotocol=envelope.SUBPROTOCOL if envelope.SUBPROTOCOL in offered else None)
        self._last_pong_s = asyncio.get_running_loop().time()
        self._tasks = [self._relay.host(self._live())]

    async def websocket_disconnect(self, message: Mapping[str, Any]) -> None:
        """Leave. Channels' own would wait for the one thread all requests share."""
        for task in self._tasks:
            task.cancel()
        raise StopConsumer

    def _receive(self, message: Mapping[str, Any]) -> None:
        text = message.get("text")
        try:
            if text is None:
                raise ProtocolError("Frames are text.")
            self._take_in(envelope.decode(text))
        except (ProtocolError, AckBeyondSent) as error:
            self.dismiss(CloseCode.PROTOCOL_ERROR, str(error))

    def _take_in(self, frame: ClientFrame) -> None:
        match frame:
            case Hello():
                if self._hello.done():
                    raise ProtocolError("There is one hello, the first frame.")
                self._hello.set_result(frame)
            case _ if not self._hello.done():
                raise ProtocolError("The first frame is a hello.")
            case Ack(seq=seq) if self._cursor is not None:
                self._cursor.ack(seq)
                self._news.set()
            case Ack(seq=seq):  # of a snapshot's frame, whose seq is the head at most
                if seq > self._known_head:
                    raise AckBeyondSent(f"seq {seq} was acknowledged, but {self._known_head} is the head.")
            case _:
                self._last_pong_s = asyncio.get_running_loop().time()

    # --- The relay's side -----------------------------------------------------------------------

    def offer(self, ring: Ring) -> None:
        """Take in news of the stream; what finds no room is read from the outbox later."""
        if ring.encoded is not None and len(self._rings) < _MAX_KEPT_RINGS:
            self._rings.append(ring)
        self.note(ring.last)

    def note(self, head: int) -> None:
        """Learn how far the stream reaches."""
        self._known_head = max(self._known_head, head)
        if self._cursor is not None and head > self._cursor.head:
            self._cursor.note(head)
            self._news.set()

    def dismiss(self, code: CloseCode, reason: str) -> None:
        """Close the socket soon, with a bye; the first reason counts."""
        if self._dismissal is None:
            self._dismissal = Dismissed(code, reason)
            for task in self._tasks[:1]:
                task.cancel()

    # --- One socket's life ----------------------------------------------------------------------

    async def _live(self) -> None:
        attached = False
        try:
            self._refuse_when_stopping()
            listener = await self._relay.run(self._relay.authenticator.authenticate, self.scope)
            if listener is None:
                raise Dismissed(CloseCode.NOT_AUTHENTICATED, "Sign in first.")
            self._refuse_when_stopping()
            self.listener = listener
            attached = self._relay.attach(self)
            if not attached:
                raise Dismissed(CloseCode.TOO_MANY_SOCKETS, "Too many connections are open.")
            hello = await self._wait_for_hello()
            self._tasks.append(asyncio.create_task(self._keep_alive(), name="keep-alive"))
            self._cursor = await self._join(hello)
            await self._feed(self._cursor)
        except Dismissed as dismissed:
            self._dismissal = self._dismissal or dismissed
        except asyncio.CancelledError:
            if self._dismissal is None:  # the client left
                raise
        except Exception:
            logger.exception("A socket failed; its client is told to come back.")
            self._dismissal = Dismissed(CloseCode.RESTART, "Something went wrong here.")
        finally:
            if attached:
                self._relay.detach(self)
        await self._say_goodbye()

    def _refuse_when_stopping(self) -> None:
        if self._relay.stopping:
            raise Dismissed(CloseCode.RESTART, "The server restarts.")

    async def _wait_for_hello(self) -> Hello:
        try:
            return await asyncio.wait_for(asyncio.shield(self._hello), HELLO_TIMEOUT_S)
        except TimeoutError:
            raise Dismissed(CloseCode.PROTOCOL_ERROR, "No hello within 10 seconds.") from None

    async def _join(self, hello: Hello) -> Cursor:
        """Send welcome, and the state if the client's own can't be continued."""
        stream = self.listener.stream
        # The head is read before the state: what changes meanwhile comes again as events.
        head = (await self._relay.run(heads, [stream])).get(stream)
        if head is None:
            raise Dismissed(CloseCode.SESSION_ENDED, "This account is gone.")
        self.epoch = head.epoch
        self.note(head.seq)
        since = hello.since
        resumed = since is not None and hello.epoch == head.epoch and head.min_seq - 1 <= since <= head.seq
        now = self._relay.now()
        await self._send(envelope.welcome(epoch=head.epoch, head=head.seq, server_time=now, resumed=resumed))
        if not resumed:
            await self._send_snapshot(seq=head.seq)
        start = cast(int, since) if resumed else head.seq
        return Cursor(last_sent=start, head=self._known_head)

    async def _send_snapshot(self, *, seq: int) -> None:
        as_of = self._relay.now()
        after: str | None = None
        while True:
            items, after = await self._relay.run(
                self._relay.snapshots.page, self.listener.stream, as_of=as_of, after=after
            )
            *portions, last = list(envelope.portions(map(envelope.encode_item, items))) or [[]]
            for portion in portions:
                await self._send(envelope.snapshot(seq=seq, encoded=portion, done=False))
            await self._send(envelope.snapshot(seq=seq, encoded=last, done=after is None))
            if after is None:
                return

    async def _feed(self, cursor: Cursor) -> None:
        """Send what follows, for as long as the socket lives."""
        while True:
            if not cursor.behind:
                self._rings.clear()
                self._news.clear()
                await self._news.wait()
            elif cursor.window <= 0:
                await self._wait_for_ack(cursor)
            elif ring := self._next_ring(cursor):
                cursor.sent(to=ring.last)  # before it goes: its ack may be here before `send` returns
                await self._send(ring.frame)
            else:
                await self._send_read(cursor)

    async def _wait_for_ack(self, cursor: Cursor) -> None:
        try:
            async with asyncio.timeout(STALL_TIMEOUT_S):
                while cursor.window <= 0:  # other news do not count
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise Dismissed(CloseCode.TOO_SLOW, "No ack for 30 seconds.") from None

    def _next_ring(self, cursor: Cursor) -> Ring | None:
        """Return the ring that continues the stream, if the doorbell brought it; drop older ones."""
        while self._rings:
            ring = self._rings.popleft()
            if cursor.fits(first=ring.first, last=ring.last):
                return ring
        return None

    async def _send_read(self, cursor: Cursor) -> None:
        found = await self._relay.read(self.listener.stream, after=cursor.last_sent)
        found = found[: cursor.window]
        if not found:
            raise Dismissed(CloseCode.RESYNC, "The history was trimmed.")
        first = found[0][0]
        if first != cursor.last_sent + 1:
            raise Dismissed(CloseCode.RESYNC, "The history was trimmed.")
        for portion in envelope.portions(text for _, text in found):
            last = first + len(portion) - 1
            cursor.sent(to=last)
            await self._send(envelope.events(first=first, last=last, encoded=portion))
            first = last + 1

    async def _keep_alive(self) -> None:
        """Ping now and then; a client that stays silent is gone."""
        loop = asyncio.get_running_loop()
        while True:
            pause_s = PING_INTERVAL_S + random.uniform(-1, 1) * _PING_JITTER_S  # noqa: S311
            silent_until = self._last_pong_s + PONG_TIMEOUT_S
            await asyncio.sleep(min(pause_s, max(0, silent_until - loop.time())))
            if loop.time() >= self._last_pong_s + PONG_TIMEOUT_S:
                self.dismiss(CloseCode.RESTART, "No pong for 60 seconds.")
                return
            try:
                await self._send(envelope.ping(head=self._known_head, t=self._relay.now()))
            except Dismissed as dismissed:
                self.dismiss(dismissed.code, dismissed.reason)
                return

    async def _send(self, frame: str) -> None:
        try:
            async with asyncio.timeout(STALL_TIMEOUT_S):
                await self.send(text_data=frame)
        except TimeoutError:
            raise Dismissed(CloseCode.TOO_SLOW, "The connection takes nothing in.") from None

    async def _say_goodbye(self) -> None:
        dismissal = self._dismissal
        if dismissal is None:
            return
        for task in self._tasks[1:]:
            task.cancel()
        retry_after_s = random.random() * _RETRY_SPREAD_S if dismissal.code < 4500 else None  # noqa: S311
        frame = envelope.bye(code=dismissal.code, reason=dismissal.reason, retry_after_s=retry_after_s)
        await self._try(self.send, text_data=frame)
        # A line that took no bye is closed all the same.
        await self._try(self.close, code=int(dismissal.code), reason=_fitting(dismissal.reason))

    async def _try(self, act: Callable[..., Awaitable[None]], **arguments: Any) -> None:
        """Do what a dead line may refuse, or not answer at all."""
        try:
            async with asyncio.timeout(_GOODBYE_TIMEOUT_S):
                await act(**arguments)
        except Exception:
            logger.debug("A goodbye did not arrive.", exc_info=True)


def _fitting(reason: str) -> str:
    """Return a close reason as long as it may be: 123 bytes (RFC 6455, section 5.5)."""
    return reason.encode()[:_MAX_REASON_BYTES].decode(errors="ignore")
