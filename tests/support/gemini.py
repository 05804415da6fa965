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
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, ClassVar, Literal, Self

USAGE = {"promptTokenCount": 100, "candidatesTokenCount": 50, "thoughtsTokenCount": 7, "totalTokenCount": 157}
_PATH = re.compile(r"/(v1|v1beta)/models/([\w.-]+):(generateContent|streamGenerateContent)(?:\?alt=sse)?")

Ending = Literal["whole", "closed", "reset", "silent"]


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


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """The model's text, and what happens while it is sent.

    Attributes:
        texts: The text, one chunk of SSE each.
        finish: The finish reason of the last chunk; None for none.
        block: The block reason of the prompt instead of an answer.
        usage: The usage metadata of the last chunk.
        pause_s: What is waited between chunks, in seconds.
        hold_before: The number of the chunk before which the server waits for `FakeGemini.release`.
        bytes_at_a_time: How many bytes go out in one write; 0 for all of a chunk.
        byte_pause_s: What is waited between such writes, in seconds.
        stop_after_bytes: After how many bytes of the stream it ends as `ending` says; None for all of it.
        ending: `whole`: as it should. `closed`: in order, as a proxy does. `reset`: by a reset.
            `silent`: nothing more comes, and nobody hangs up.
        extra: Fields that no version of the SDK knows, for the response, the candidate and the part.
        error: An error object in the last chunk, in place of an ending.
    """

    texts: Sequence[str] = ()
    finish: str | None = "STOP"
    block: str | None = None
    usage: Mapping[str, int] = field(default_factory=lambda: USAGE)
    pause_s: float = 0.0
    hold_before: int | None = None
    bytes_at_a_time: int = 0
    byte_pause_s: float = 0.0
    stop_after_bytes: int | None = None
    ending: Ending = "whole"
    extra: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None

    def chunks(self) -> list[dict[str, Any]]:
        """Return the responses of the stream."""
        if self.block:
            return [
                {
                    "promptFeedback": {"blockReason": self.block},
                    "usageMetadata": dict(self.usage),
                    **self.extra,
                }
            ]
        made: list[dict[str, Any]] = []
        for text in self.texts:
            part = {"text": text, **self.extra}
            candidate = {"content": {"role": "model", "parts": [part]}, "index": 0, **self.extra}
            made.append({"candidates": [candidate], "modelVersion": "fake", **self.extra})
        if self.error:
            return [*made, {"error": dict(self.error)}]
        if self.finish:
            made = made or [{"candidates": [{"index": 0}]}]
            made[-1]["candidates"][0]["finishReason"] = self.finish
        if made:
            made[-1]["usageMetadata"] = dict(self.usage)
        return made


@dataclass(frozen=True, kw_only=True, slots=True)
class Failure:
    """An error in place of an answer.

    Attributes:
        status: The HTTP status.
        name: The status's name in the body, such as `RESOURCE_EXHAUSTED`.
        retry_delay: The `retryDelay` of a `RetryInfo`, such as `34.5s`.
        headers: Further headers.
        body: What stands in place of the usual JSON.
    """

    status: int
    name: str = "UNAVAILABLE"
    retry_delay: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None

    def encoded(self) -> bytes:
        """Return the body."""
        if self.body is not None:
            return self.body
        details: list[dict[str, Any]] = [{"@type": "type.googleapis.com/google.rpc.Help", "links": []}]
        if self.retry_delay:
            details.append(
                {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": self.retry_delay}
            )
        error = {
            "code": self.status,
            "message": "As the test asked.",
            "status": self.name,
            "details": details,
        }
        return json.dumps({"error": error}).encode()


@dataclass(frozen=True, kw_only=True, slots=True)
class Hang:
    """The request is read, and nothing ever comes back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class HangUp:
    """The request is read, and the connection is reset."""


Reaction = Stream | Failure | Hang | HangUp


def step(key: str, title: str, **fields: Any) -> dict[str, Any]:
    """Return a step as the model writes it."""
    return {
        "key": key,
        "title": title,
        "why": "",
        "done_when": f"The list has a line for {key}.",
        "estimate_min": 30,
        "depends_on": [],
        "optional": False,
        **fields,
    }


STEPS = (
    step("sources", "Collect ten sources on urban trees", estimate_min=120),
    step("question", "Write down the question the thesis answers", estimate_min=45, depends_on=["sources"]),
    step("outline", "Outline the chapters", estimate_min=60, depends_on=["question"]),
    step("draft", "Draft the chapter on methods", estimate_min=240, depends_on=["outline"]),
    step("check", "Check every citation against its source", estimate_min=90, depends_on=["draft"]),
)


def plan(steps: Sequence[Mapping[str, Any]] = STEPS, **fields: Any) -> str:
    """Return a whole answer as the model writes it."""
    whole = {
        "verdict": "steps",
        "reason": "",
        "questions": [],
        "steps": list(steps),
        "assumptions": ["The topic is settled."],
        "risks": ["The library closes early: order books first."],
        **fields,
    }
    return json.dumps(whole, ensure_ascii=False)


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
        self.sent_at: list[float] = []  # when each chunk of the latest stream had been written
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
                self._write(sent, answer)
                self.fake.sent_at.append(time.monotonic())
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
