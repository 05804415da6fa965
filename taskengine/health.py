"""Whether this server serves, what it stands on, and how it fares. For machines and people."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils.crypto import constant_time_compare
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest

from realtime.publisher import doorbell
from taskengine import clock, figures, watch
from taskengine.api.errors import read_only
from taskengine.engine.loop import HEARTBEAT_STALE_S
from taskengine.engine.models import Heartbeat

PROBE_TIMEOUT_S: Final = 2.0


@read_only
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200: the process serves. Asks nothing of anyone."""
    return JsonResponse({"status": "ok"})


# One thread: while the database hangs, probes wait in line for it and give up by themselves.
_probe = ThreadPoolExecutor(1, thread_name_prefix="readyz")


def _engine_is_alive() -> bool:
    """Ask the database, in the probe's thread, whether some replica beat lately."""
    close_old_connections()
    try:
        alive_since = clock.now() - timedelta(seconds=HEARTBEAT_STALE_S)
        return Heartbeat.objects.filter(beat_at__gt=alive_since).exists()
    finally:
        close_old_connections()


@read_only
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer what is up. 503 only without the database: without the rest a client still loses nothing."""
    database = engine = False
    asked = _probe.submit(_engine_is_alive)
    try:
        engine = asked.result(PROBE_TIMEOUT_S)
        database = True
    except (DatabaseError, TimeoutError):
        asked.cancel()
    parts = {"database": database, "doorbell": doorbell.connected, "engine": engine}
    body = {
        "status": "ready" if all(parts.values()) else "degraded" if database else "unavailable",
        **{name: "up" if up else "down" for name, up in parts.items()},
        # Only said: without one breakdowns and mail wait, and everything else is as promised.
        "worker": "up" if watch.workers_live() else "down",
    }
    return JsonResponse(body, status=200 if database else 503)


@read_only
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer this process's figures in Prometheus' text format, to whoever has `METRICS_TOKEN`.

    Nobody has where none is set: then there is no such page. Where several processes share a port they
    count in files of one folder, and each answers for all.
    """
    given = request.headers.get("Authorization", "")
    token = settings.METRICS_TOKEN
    if not token or not constant_time_compare(given, f"Bearer {token}"):
        raise Http404
    registry = REGISTRY
    if figures.are_shared():
        registry = CollectorRegistry()
        registry.register(figures.OfAllProcesses())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


# Of the routes above.
FOR_MACHINES: Final = frozenset({"/healthz", "/readyz", "/metrics"})


def machines_middleware(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """Answer these before anybody looks which host was asked for.

    Whoever watches asks a process by its number or its name in a private network, which is no public
    address; and none of the answers has an address in it that a made-up host could change.
    """

    def answer(request: HttpRequest) -> HttpResponseBase:
        if request.path_info not in FOR_MACHINES:
            return get_response(request)
        # Requests are counted by their route (`api.metrics`), these apart from what people ask for.
        request.resolver_match = match = resolve(request.path_info)
        response: HttpResponse = match.func(request)
        # CommonMiddleware would say so, and looks at the host first.
        response["Content-Length"] = str(len(response.content))
        return response

    return answer
