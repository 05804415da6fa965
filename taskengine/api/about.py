"""`/api/v1/about/`: what a client may want to know before anybody logs in."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from taskengine import __version__
from taskengine.api.authentication import CookieAuthentication


class AboutSerializer(serializers.Serializer[Any]):
    """This server."""

    name = serializers.CharField()
    version = serializers.CharField()
    demo = serializers.BooleanField(help_text="Whether `POST /api/v1/demo/` makes guests.")
    signed_in = serializers.BooleanField(
        help_text="Whether the request carries the cookie of a live session."
    )


class AboutView(APIView):
    """This server."""

    authentication_classes = (CookieAuthentication,)
    permission_classes = (AllowAny,)

    @extend_schema(
        tags=["about"],
        operation_id="about",
        summary="What this server is",
        auth=[],
        responses=AboutSerializer,
        examples=[
            OpenApiExample(
                "About",
                value={"name": "taskengine", "version": __version__, "demo": True, "signed_in": False},
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Return name, version, whether there is a demo, and whether somebody is here already."""
        signed_in = request.user.is_authenticated
        return Response(
            {"name": "taskengine", "version": __version__, "demo": settings.DEMO, "signed_in": signed_in}
        )
