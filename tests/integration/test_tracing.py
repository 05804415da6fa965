"""Spans from the request to the socket, for a collector of the test's own; and none where nobody collects."""

import threading
import uuid
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from asgiref.sync import sync_to_async
from django.db import connections
from django.http import HttpResponse
from django.test import RequestFactory
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from realtime import tracing
from taskengine import logs
from taskengine import tracing as process
from taskengine.accounts.models import User
from taskengine.operations.services import perform
from taskengine.planning import generation
from taskengine.planning.attempts import Attempt
from taskengine.planning.planners import Planners
from taskengine.planning.threads import DatabaseThreads
from tests.support.accounts import signed_up
from tests.support.breakdowns import ask, claimed
from tests.support.people import make_person
from tests.support.sockets import house

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Where spans are collected."""
    collector, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(collector))
    tracing.use(provider.get_tracer("test"))
    try:
        yield collector
    finally:
        tracing.use(None)
        provider.shutdown()


@pytest.mark.django_db(transaction=True)
async def test_one_operation_is_followed_from_its_request_to_the_socket(spans: InMemorySpanExporter) -> None:
    ada = await sync_to_async(signed_up)()
    owner_id = (await User.objects.aget()).pk
    op_id = uuid.uuid4()
    answering = process.tracing_middleware(lambda request: HttpResponse(status=201))

    def write() -> None:
        spans.clear()
        headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
        answering(RequestFactory().post("/", headers=headers))
        ada.send("POST", "/api/v1/tasks/", {"title": "x"}, **{"idempotency-key": str(op_id)})

    async with house() as home:
        socket = await home.open(owner_id)
        await socket.hello()
        await sync_to_async(write)()
        await socket.seqs(1)
    made = {span.name: span for span in spans.get_finished_spans()}
    request = made["POST"]
    assert f"{request.context.trace_id:032x}" == TRACE
    assert dict(request.attributes or {})["http.response.status_code"] == 201
    operation = made["operation task.create"]
    assert dict(operation.attributes or {})["op_id"] == str(op_id)
    assert [link.context.trace_id for link in operation.links] == [op_id.int]
    for inner, outer in (
        ("commit", operation),
        ("doorbell", made["commit"]),
        ("socket write", made["relay"]),
    ):
        parent = made[inner].parent
        assert parent is not None
        assert parent.span_id == outer.context.span_id, inner
    assert made["relay"].context.trace_id == op_id.int, "the way of its events is found by its id"
    assert dict(made["relay"].attributes or {})["sockets"] == 1


@pytest.mark.django_db(transaction=True)
def test_an_operation_that_fails_commits_nothing(spans: InMemorySpanExporter) -> None:
    signed_up()
    spans.clear()
    with pytest.raises(LookupError), perform(owner_id=User.objects.get().pk, verb="nothing"):
        raise LookupError
    assert [span.name for span in spans.get_finished_spans()] == ["operation nothing"]


@pytest.mark.django_db(transaction=True)
async def test_a_breakdowns_span_is_linked_to_the_operation_that_asked_for_it(
    spans: InMemorySpanExporter,
) -> None:
    threads, op_id = DatabaseThreads(1, name="test"), uuid.uuid4()
    attempt = await threads.run(_asked_for)
    spans.clear()
    with logs.bound(op_id=str(op_id)):
        await generation.generate(attempt, planners=Planners(), run=threads.run)
    await threads.run(connections.close_all)
    threads.close()
    (span,) = [each for each in spans.get_finished_spans() if each.name == "breakdown"]
    assert [link.context.trace_id for link in span.links] == [op_id.int]
    assert span.attributes is not None
    assert span.attributes["breakdown_id"] == str(attempt.breakdown_id)


def _asked_for() -> Attempt:
    return claimed(ask(make_person()))


def test_nothing_is_made_where_nobody_collects(settings: object) -> None:
    assert not process.is_wanted({})
    assert not process.is_wanted({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x", "OTEL_SDK_DISABLED": "true"})
    assert process.is_wanted({"OTEL_EXPORTER_OTLP_ENDPOINT": "http://x"})
    assert process.start() is None
    assert not tracing.is_on()
    assert tracing.span("a") is tracing.span("b"), "not even an object"


def test_the_collector_that_the_environment_names_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, bytes]] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            told.append((self.path, self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Collector) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://127.0.0.1:{server.server_port}")
        monkeypatch.setenv("OTEL_SERVICE_NAME", "ours")
        provider = process.start()
        try:
            with tracing.span("something"):
                pass
            assert provider.force_flush(5_000)
        finally:
            tracing.use(None)
            provider.shutdown()
            server.shutdown()
    ((path, body),) = told
    assert path == "/v1/traces"
    assert b"something" in body
    assert b"ours" in body
