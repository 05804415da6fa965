"""What browsers are told they may do with an answer: one home, outside of everything that answers.

The page, its files, the API, a body that is refused before Django sees it, a handshake that is turned away: each
carries the same headers, because they are added where all of them pass. Whoever answers may have set one already
(the page's own policy knows a nonce); that one stays.
"""

from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any, Final

from django.conf import settings

Message = MutableMapping[str, Any]
Application = Callable[
    [Any, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]

_POLICY: Final[Mapping[str, tuple[str, ...]]] = {
    "default-src": ("'none'",),
    "base-uri": ("'none'",),
    # The socket too: browsers count ws: and wss: of the same host and port as 'self'.
    "connect-src": ("'self'",),
    "font-src": ("'self'",),
    "form-action": ("'self'",),
    "frame-ancestors": ("'none'",),
    # Pictures in notes would tell other sites who reads them, and when.
    "img-src": ("'self'",),
    "manifest-src": ("'self'",),
    "script-src": ("'self'",),
    "style-src": ("'self'",),
    "worker-src": ("'self'",),
}
_PERMISSIONS: Final = ", ".join(
    f"{name}=()"
    for name in (
        "accelerometer",
        "autoplay",
        "browsing-topics",
        "camera",
        "display-capture",
        "encrypted-media",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "picture-in-picture",
        "serial",
        "usb",
        "xr-spatial-tracking",
    )
)
_STARTS: Final = frozenset({"http.response.start", "websocket.http.response.start"})


def policy(**more: str) -> str:
    """Return the content security policy, with sources beside those that everything has.

    Args:
        more: Sources by directive, such as `style_src="'nonce-…'"`.
    """
    added = {name.replace("_", "-"): source for name, source in more.items()}
    return "; ".join(
        " ".join((name, *sources, *([added[name]] if added.get(name) else [])))
        for name, sources in _POLICY.items()
    )


def with_security_headers(application: Application) -> Application:
    """Wrap an ASGI application so that each of its answers carries the headers, over HTTP and at a handshake."""
    always = {
        b"content-security-policy": policy(),
        b"cross-origin-opener-policy": settings.SECURE_CROSS_ORIGIN_OPENER_POLICY,
        b"cross-origin-resource-policy": "same-origin",
        b"permissions-policy": _PERMISSIONS,
        b"referrer-policy": settings.SECURE_REFERRER_POLICY,
        b"x-content-type-options": "nosniff",
        b"x-frame-options": settings.X_FRAME_OPTIONS,
    }
    plain = [(name, value.encode()) for name, value in always.items()]
    over_tls = [*plain, *_transport()]

    # No coroutine of its own: a socket would keep that for as long as it is open.
    def guarded(scope: Any, receive: Any, send: Any) -> Awaitable[None]:
        if scope["type"] not in {"http", "websocket"}:
            return application(scope, receive, send)
        headers = over_tls if scope.get("scheme") in {"https", "wss"} else plain
        is_for_programs = scope["path"].startswith("/api/")

        async def with_headers(message: Message) -> None:
            if message["type"] in _STARTS:
                own = list(message.get("headers", ()))
                names = {name.lower() for name, _ in own}
                own += [each for each in headers if each[0] not in names]
                if is_for_programs and b"cache-control" not in names:
                    own.append((b"cache-control", b"private, no-cache"))
                message["headers"] = own
            await send(message)

        return application(scope, receive, with_headers)

    return guarded


def _transport() -> list[tuple[bytes, bytes]]:
    """Return HSTS, which browsers believe only of what came by TLS, and Django says only then."""
    if not settings.SECURE_HSTS_SECONDS:
        return []
    value = f"max-age={settings.SECURE_HSTS_SECONDS}"
    if settings.SECURE_HSTS_INCLUDE_SUBDOMAINS:
        value += "; includeSubDomains"
    if settings.SECURE_HSTS_PRELOAD:
        value += "; preload"
    return [(b"strict-transport-security", value.encode())]
