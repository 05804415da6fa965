"""A server that plays a script: the scenarios of `tests/contracts/client.json`, over real sockets.

It checks what any client has to keep: each frame is one of protocol v1, the hello names the place
that the script expects, nothing is acknowledged that was not sent. An ack may come whenever the client
likes; a step that names one waits for it.
"""

import asyncio
import http
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from realtime.envelope import Ack, decode
from taskengine_client import Pace

PATIENCE_S = 10.0
_CUT = 1006  # a code that no close frame carries: the line breaks
# Sooner than a client leaves who only notices the silence: `QUICK` says when that is.
_LEAVES_WITHIN_S = {"at once": 1.5, "soon": 1.5, "at last": PATIENCE_S}
# A client's times, quick but no quicker than a busy machine; what they are is no part of the contract.
QUICK = Pace(backoff_s=0.02, backoff_cap_s=0.1, welcome_s=2.5, silence_s=2.5, behind_s=0.3, ack_after_s=0.1)
_FILE = Path(__file__).resolve().parent.parent / "contracts" / "client.json"


def scenarios() -> list[dict[str, Any]]:
    """Return the scenarios that every client is held to."""
    found: list[dict[str, Any]] = json.loads(_FILE.read_text())["scenarios"]
    return found


class ScriptedServer:
    """A server on a free port of the loopback address.

    Attributes:
        url: Its stream.
        visits: How often a client came.
        requests: The handshake of each that was let in.
        acks: What was acknowledged over the current connection.
        played: Set when the whole script was played.

    Args:
        connections: What happens on each, one after the other.
    """

    def __init__(self, connections: Sequence[Mapping[str, Any]]) -> None:
        self.url = ""
        self.visits = 0
        self.requests: list[Request] = []
        self.acks: list[int] = []
        self.played = asyncio.Event()
        self._connections = connections
        self._left_at_s = 0.0
        self._problems: list[str] = []
        self._server: Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await serve(
            self._play, "127.0.0.1", 0, process_request=self._answer, ping_interval=None, close_timeout=1
        )
        port = next(iter(self._server.sockets)).getsockname()[1]
        self.url = f"ws://127.0.0.1:{port}/ws/v1/stream"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()
        if error is None:
            self.check()

    def check(self) -> None:
        """Fail with what the client did wrong so far."""
        assert not self._problems, self._problems

    async def finish(self) -> None:
        """Wait until the whole script was played."""
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self.played.wait()
        except TimeoutError:
            self.check()
            raise AssertionError(f"the script stopped at connection {self.visits}") from None
        self.check()

    def _answer(self, connection: ServerConnection, request: Request) -> Response | None:
        self.visits += 1
        if self.visits > len(self._connections):
            self._fault("the client came once more than the script has it")
            return connection.respond(http.HTTPStatus.GONE, "")
        if self._script().get("refused"):
            refusal = connection.respond(http.HTTPStatus.SERVICE_UNAVAILABLE, "")
            if "retry_after_s" in self._script():
                refusal.headers["Retry-After"] = str(self._script()["retry_after_s"])
            return refusal
        self.requests.append(request)
        return None

    async def _play(self, connection: ServerConnection) -> None:
        script = self._script()
        early_s = self._left_at_s + script.get("not_before_s", 0) - asyncio.get_running_loop().time()
        if self._left_at_s and early_s > 0:
            self._fault(f"the client came {early_s:.2f} s before its time")
        self.acks = []
        dialogue = _Dialogue(connection, self.acks)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await dialogue.expect(script["hello"])
                for step in script["steps"]:
                    await dialogue.play(step)
        except (AssertionError, TimeoutError, ConnectionClosed) as error:
            self._fault(f"on connection {self.visits}: {error!r}")
        self._left_at_s = asyncio.get_running_loop().time()
        if self.visits == len(self._connections):
            self.played.set()
        await connection.wait_closed()

    def _script(self) -> Mapping[str, Any]:
        return self._connections[self.visits - 1]

    def _fault(self, what: str) -> None:
        self._problems.append(what)
        self.played.set()


class _Dialogue:
    """What is said on one connection."""

    def __init__(self, connection: ServerConnection, acks: list[int]) -> None:
        self._connection = connection
        self._acks = acks
        self._sent_seq = 0

    async def play(self, step: Mapping[str, Any]) -> None:
        match step:
            case {"server": frame}:
                self._note(frame)
                await self._connection.send(json.dumps(frame))
            case {"text": text}:
                await self._connection.send(text)
            case {"client": frame}:
                await self.expect(frame)
            case {"close": code} if code == _CUT:
                self._connection.transport.abort()
                await self._connection.wait_closed()
            case {"close": code}:
                await self._connection.close(code)
            case {"leaves": how}:
                async with asyncio.timeout(_LEAVES_WITHIN_S[how]):
                    await self._until_it_leaves()
            case _:
                raise AssertionError(f"no step of a script: {step}")

    async def expect(self, frame: Mapping[str, Any]) -> None:
        while (found := await self._receive()) != frame:
            passed_over = found["type"] == "ack"
            assert passed_over, f"{found} came and not {frame}"

    async def _until_it_leaves(self) -> None:
        try:
            while True:
                found = await self._receive()
                assert found["type"] == "ack", f"{found} came, but the client should leave"
        except ConnectionClosed:
            pass

    async def _receive(self) -> dict[str, Any]:
        text = await self._connection.recv(decode=True)
        read = decode(text)  # refuses frames and fields that the protocol does not have
        if isinstance(read, Ack):
            last = self._acks[-1] if self._acks else 0
            assert last < read.seq <= self._sent_seq, f"{read.seq} was acknowledged after {last}"
            self._acks.append(read.seq)
        frame: dict[str, Any] = json.loads(text)
        return frame

    def _note(self, frame: Mapping[str, Any]) -> None:
        if frame["type"] == "events":
            self._sent_seq = max(self._sent_seq, frame["to"])
        elif frame["type"] == "snapshot":
            self._sent_seq = max(self._sent_seq, frame["seq"])
