"""Which path leads where."""

from django.urls import include, path, re_path

from taskengine.api import errors
from taskengine.api.page import not_found, page, service_worker
from taskengine.health import healthz, metrics, readyz

# The page's own paths; it knows what to show at each. At any other it says that there is nothing (404).
_PAGE = (
    r"^(?:|today|tasks|(?:tasks|projects|labels)/[^/]+|insights|activity|settings"
    r"|signin|signup|forgot-password|account/.+)/?$"
)

urlpatterns = [
    path("api/v1/", include("taskengine.api.urls")),
    path("healthz", healthz),
    path("readyz", readyz),
    path("metrics", metrics),
    # Nobody has a telephone number here. allauth serves its routes all the same, each a 500.
    re_path(r"^api/auth/(?:app|browser)/v1/(?:account|auth)/phone", errors.not_found),
    path("api/auth/", include("allauth.headless.urls")),
    path("sw.js", service_worker),
    re_path(_PAGE, page),
]

handler400 = errors.bad_request
handler404 = not_found
handler500 = errors.server_error
