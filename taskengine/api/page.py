"""The single page: one document for each of its own paths; its files are static."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from taskengine.api import errors


@require_safe
@ensure_csrf_cookie
def page(request: HttpRequest, **_: str) -> HttpResponse:
    """Return the page's document, with the CSRF cookie its requests will need."""
    index = settings.FRONTEND_DIST / "index.html"
    if not index.is_file():
        return HttpResponse(
            "The page is not built. Run `make run`, or `npm ci && npm run build` in frontend/.\n",
            status=503,
            content_type="text/plain; charset=utf-8",
        )
    response = HttpResponse(index.read_bytes())
    add_never_cache_headers(response)  # it names the hashed files of one build
    return response


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
