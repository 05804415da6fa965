"""Tracing by OpenTelemetry, where `OTEL_EXPORTER_OTLP_ENDPOINT` says whom to tell. Its standard variables say the rest."""

import os
from collections.abc import Callable, Mapping
from typing import Any, Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from realtime import tracing

_WHERE: Final = ("OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT")
_NAME: Final = "taskengine"


def is_wanted(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether somebody collects spans."""
    is_off = environ.get("OTEL_SDK_DISABLED", "").lower() == "true"
    return not is_off and any(environ.get(name) for name in _WHERE)


def start() -> Any:
    """Begin to make spans in this process, if they are wanted; return the provider, or None.

    They are sent by a thread, in batches; what the collector does not take is dropped.
    """
    if not is_wanted():
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    name = {} if os.environ.get("OTEL_SERVICE_NAME") else {"service.name": _NAME}
    provider = TracerProvider(resource=Resource.create(name))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    tracing.use(provider.get_tracer(_NAME))
    return provider


def tracing_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Make a span of each request, within the one that its `traceparent` names."""
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    propagator = TraceContextTextMapPropagator()

    def answer(request: HttpRequest) -> HttpResponseBase:
        carrier = {
            name: value for name in ("traceparent", "tracestate") if (value := request.headers.get(name))
        }
        method = str(request.method)
        with tracing.span(method, parent=propagator.extract(carrier), http__request__method=method) as span:
            response = get_response(request)
            if span is not None:
                route = request.resolver_match.route if request.resolver_match else None
                if route is not None:
                    span.update_name(f"{method} {route}")
                    span.set_attribute("http.route", route)
                span.set_attribute("http.response.status_code", response.status_code)
                span.set_attribute("request_id", response.headers.get("X-Request-ID", ""))
            return response

    return answer
