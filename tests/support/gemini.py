"""A fake Gemini: a real HTTP server on the loopback address, with every fault on demand.

It speaks `POST /{version}/models/{model}:generateContent` and `:streamGenerateContent?alt=sse`. The
real SDK reaches it through `base_url`. Tell it what to answer with `answer`, in order; when that is
used up it answers with a plan that passes.

    with FakeGemini() as gemini:
        gemini.answer(Failure(status=503), Stream(plan(STEPS)))
"""

import json
import re
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Self

from tests.support.gemini_answers import Ending, Failure, Hang, HangUp, Reaction, Stream, plan

_PATH = re.compile(r"/(v1|v1beta)/models/([\w.-]+):(generateContent|streamGenerateContent)(?:\?alt=sse)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """What a client sent. `at` is `time.monotonic` when it had been read."""

    version: str
    model: str
    method: str
    key: str
    body: Mapping[str, Any]
    at: float

    @property
    def text(self) -> str:
        """All that was asked, in one text."""
        return "\n".join(part["text"] for content in self.body["contents"] for part in content["parts"])


def _json(chunk: Mapping[str, Any]) -> str:
    """Return JSON with letters as they are; half an emoji, which UTF-8 can't say, as an escape."""
    text = json.dumps(chunk, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(chunk)
    return text


class FakeGemini:
    """The server. `requests` holds what was asked, in order."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.sent_at: list[float] = []  # when each chunk of the latest stream began to be written
        self.released = threading.Event()
        self.streaming = threading.Event()  # a stream's first chunk has been written
        self.closing = threading.Event()
        self.hung_up = threading.Event()  # a client went away before the stream's end
        self._reactions: deque[Reaction] = deque()
        handler = type("BoundHandler", (_Handler,), {"fake": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """The SDK's `base_url`."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def env(self) -> dict[str, str]:
        """What a server has to be told so that it asks this one, and has a key."""
        return {"GEMINI_API_KEY": "a key", "GEMINI_BASE_URL": self.url, "NO_PROXY": "127.0.0.1"}

    @property
    def models(self) -> list[str]:
        """The models that were asked, in order."""
        return [request.model for request in self.requests]

    def answer(self, *reactions: Reaction) -> None:
        """Say what comes next, in order."""
        self._reactions.extend(reactions)

    def release(self) -> None:
        """Let a stream that holds go on."""
        self.released.set()

    def next_reaction(self) -> Reaction:
        """Return what the request just read gets."""
        return self._reactions.popleft() if self._reactions else Stream(texts=[plan()])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away: that is what some tests are about."""


class _Handler(BaseHTTPRequestHandler):
    fake: ClassVar[FakeGemini]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        match = _PATH.fullmatch(self.path)
        if match is None:
            self._fail(Failure(status=404, name="NOT_FOUND"))
            return
        request = Request(
            version=match[1],
            model=match[2],
            method=match[3],
            key=self.headers.get("x-goog-api-key", ""),
            body=body,
            at=time.monotonic(),
        )
        self.fake.requests.append(request)
        reaction = self.fake.next_reaction()
        match reaction:
            case Failure():
                self._fail(reaction)
            case Hang():
                self._wait_for_the_end()
            case HangUp():
                self._reset()
            case Stream() if request.method == "generateContent":
                self._answer_at_once(reaction)
            case Stream():
                self._stream(reaction)

    def _fail(self, failure: Failure) -> None:
        body = failure.encoded()
        self.send_response(failure.status)
        for name, value in failure.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json; charset=UTF-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _answer_at_once(self, answer: Stream) -> None:
        whole = answer.chunks()[-1] if answer.block else Stream(texts=["".join(answer.texts)]).chunks()[0]
        self._fail(Failure(status=200, body=json.dumps(whole).encode()))

    def _stream(self, answer: Stream) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.fake.sent_at = []
        room = answer.stop_after_bytes
        try:
            for number, chunk in enumerate(answer.chunks()):
                if number == answer.hold_before:
                    self.fake.released.wait(30)
                if number:
                    time.sleep(answer.pause_s)
                data = f"data: {_json(chunk)}\r\n\r\n".encode()
                sent = data if room is None else data[:room]
                self.fake.sent_at.append(time.monotonic())
                self._write(sent, answer)
                self.fake.streaming.set()
                if room is not None:
                    room -= len(sent)
                    if room <= 0:
                        break
            self._end(answer.ending)
        except OSError:
            self.fake.hung_up.set()
            self.close_connection = True

    def _write(self, data: bytes, answer: Stream) -> None:
        size = answer.bytes_at_a_time or max(1, len(data))
        for start in range(0, len(data), size):
            piece = data[start : start + size]
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
            if answer.byte_pause_s:
                time.sleep(answer.byte_pause_s)

    def _end(self, ending: Ending) -> None:
        match ending:
            case "whole" | "closed":
                self.wfile.write(b"0\r\n\r\n")
            case "reset":
                self._reset()
            case "silent":
                self._wait_for_the_end()

    def _wait_for_the_end(self) -> None:
        """Do nothing until the client hangs up or the server closes."""
        self.connection.settimeout(0.02)
        while not self.fake.closing.is_set():
            try:
                if not self.connection.recv(1):
                    self.fake.hung_up.set()
                    break
            except TimeoutError:
                continue
            except OSError:
                self.fake.hung_up.set()
                break
        self.close_connection = True

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
        """Say nothing."""
