"""The single page: one document for each of its own paths; its files are static."""

import re
import secrets
from base64 import b64encode
from hashlib import sha256
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from taskengine.api import errors
from taskengine.api.security_headers import policy

# Where the build has it in its document: index.html.
_NONCE: Final = b"__CSP_NONCE__"
_NONCE_BYTES: Final = 16
# The build writes it into its document, from first.js.
_INLINE: Final = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


@require_safe
@ensure_csrf_cookie
def page(request: HttpRequest, **_: str) -> HttpResponse:
    """Return the page's document, with the CSRF cookie its requests will need.

    Scripts and styles come as files. One script can't: what it decides, the theme and what is fetched, has to stand
    before anything else. The policy knows it by its hash, and so no other. Nor can a few styles: what keeps the page from
    scrolling behind a dialog has to know how wide the scroll bar is. For these the document has a nonce, another one each
    time; scripts get none.
    """
    index = settings.FRONTEND_DIST / "index.html"
    if not index.is_file():
        return HttpResponse(
            "The page is not built. Run `make run`, or `npm ci && npm run build` in frontend/.\n",
            status=503,
            content_type="text/plain; charset=utf-8",
        )
    nonce = secrets.token_urlsafe(_NONCE_BYTES)
    document = index.read_bytes()
    response = HttpResponse(document.replace(_NONCE, nonce.encode()))
    response["Content-Security-Policy"] = policy(
        script_src=" ".join(map(_hash, _INLINE.findall(document))), style_src=f"'nonce-{nonce}'"
    )
    add_never_cache_headers(response)  # it names the hashed files of one build
    return response


def _hash(script: bytes) -> str:
    return f"'sha256-{b64encode(sha256(script).digest()).decode()}'"


@require_safe
def service_worker(request: HttpRequest) -> HttpResponse:
    """Return the page's worker. It stands at the root, since it speaks only for what is below its own address.

    Browsers ask for it at each visit and compare it with what they have: that is how a new build is found.
    """
    script = settings.FRONTEND_DIST / "sw.js"
    if not script.is_file():
        return errors.not_found(request)
    response = HttpResponse(script.read_bytes(), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a path that leads nowhere (Django's `handler404`): a person by the page, a program by a problem."""
    is_for_programs = request.path.startswith(("/api/", "/ws/", settings.STATIC_URL))
    if is_for_programs or request.method != "GET" or not request.accepts("text/html"):
        return errors.not_found(request, exception)
    response = page(request)
    response.status_code = max(response.status_code, 404)
    return response
