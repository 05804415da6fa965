"""The settings of `plain_drf`: ours, with nothing on. Middleware is taken away once Django is set up: allauth insists on its own."""

from taskengine.settings import *  # noqa: F403 (the same tables and the same connections)

ROOT_URLCONF = "bench.peers.plain_drf"
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "UNAUTHENTICATED_USER": None,
}
