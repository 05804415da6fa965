"""Whether this server serves, and what it stands on. For load balancers and people."""

from datetime import timedelta

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from realtime.publisher import doorbell
from taskengine import clock
from taskengine.engine.loop import HEARTBEAT_STALE_S
from taskengine.engine.models import Heartbeat


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200: the process serves. Asks nothing of anyone."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer what is up. 503 only without the database: without the rest a client still loses nothing."""
    database = engine = False
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        database = True
        alive_since = clock.now() - timedelta(seconds=HEARTBEAT_STALE_S)
        engine = Heartbeat.objects.filter(beat_at__gt=alive_since).exists()
    except DatabaseError:
        pass
    parts = {"database": database, "doorbell": doorbell.connected, "engine": engine}
    body = {
        "status": "ready" if all(parts.values()) else "degraded" if database else "unavailable",
        **{name: "up" if up else "down" for name, up in parts.items()},
    }
    return JsonResponse(body, status=200 if database else 503)
