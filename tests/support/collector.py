"""A collector of OpenTelemetry's spans on the loopback address, for processes that are told of it by their environment."""

import threading
from collections.abc import Collection
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest


@dataclass(frozen=True, kw_only=True, slots=True)
class Collected:
    """One span, as it was sent.

    Attributes:
        service: Who made it.
        name: What was done.
        trace, id, parent: Hexadecimal; no parent is empty.
        links: The traces that it is linked to.
    """

    service: str
    name: str
    trace: str
    id: str
    parent: str
    links: Collection[str]


class Collector:
    """Takes OTLP over HTTP, in its binary form."""

    def __init__(self) -> None:
        self._spans: list[Collected] = []
        spans = self._spans

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["content-length"]))
                spans.extend(_read(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def env(self, service: str) -> dict[str, str]:
        """Return what tells a process of it, and that it sends its spans soon."""
        return {
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self._server.server_port}",
            "OTEL_SERVICE_NAME": service,
            "OTEL_BSP_SCHEDULE_DELAY": "100",
        }

    def find(self, name: str, **known: Any) -> list[Collected]:
        """Return the spans whose names begin so, and of which so much is known."""
        return [
            each
            for each in tuple(self._spans)
            if each.name.startswith(name)
            and all(getattr(each, attribute) == value for attribute, value in known.items())
        ]


def _read(body: bytes) -> list[Collected]:
    request = ExportTraceServiceRequest.FromString(body)
    return [
        Collected(
            service=next(
                each.value.string_value for each in of.resource.attributes if each.key == "service.name"
            ),
            name=span.name,
            trace=span.trace_id.hex(),
            id=span.span_id.hex(),
            parent=span.parent_span_id.hex(),
            links=[link.trace_id.hex() for link in span.links],
        )
        for of in request.resource_spans
        for scope in of.scope_spans
        for span in scope.spans
    ]
