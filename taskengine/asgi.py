"""The ASGI application: HTTP to Django, WebSockets to the relay, lifespan to the runtime."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "taskengine.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter  # noqa: E402 (needs Django to be set up)
from django.conf import settings  # noqa: E402
from django.db import connections  # noqa: E402

from realtime.routing import websocket_application  # noqa: E402
from taskengine.api.handshakes import limit_handshakes  # noqa: E402
from taskengine.api.limits import limit_body  # noqa: E402
from taskengine.api.security_headers import with_security_headers  # noqa: E402
from taskengine.checks import refuse_faults  # noqa: E402
from taskengine.database.threads import keep_by_thread  # noqa: E402
from taskengine.handler import OneHopHandler  # noqa: E402
from taskengine.proxies import behind_proxies  # noqa: E402
from taskengine.rates import Rate  # noqa: E402
from taskengine.runtime import Runtime  # noqa: E402
from taskengine.tracing import start as start_tracing  # noqa: E402

refuse_faults()  # before anybody can come in
start_tracing()
keep_by_thread(connections)

_runtime = Runtime()
_runtime.follow_twisted()

_protocols = ProtocolTypeRouter(
    {
        "http": limit_body(
            OneHopHandler(),
            max_bytes=settings.MAX_BODY_BYTES,
            larger={"/api/v1/import/": settings.MAX_IMPORT_BYTES},
        ),
        "websocket": limit_handshakes(
            websocket_application(_runtime.relay),
            rate=Rate.parse(settings.RATE_LIMIT_HANDSHAKE, name="HANDSHAKE"),
        ),
        "lifespan": _runtime.lifespan,
    }
)

application = behind_proxies(with_security_headers(_protocols), trusted=settings.TRUSTED_PROXIES)
