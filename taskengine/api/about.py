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


class AboutSerializer(serializers.Serializer[Any]):
    """This server."""

    name = serializers.CharField()
    version = serializers.CharField()
    demo = serializers.BooleanField(help_text="Whether `POST /api/v1/demo/` makes guests.")


class AboutView(APIView):
    """This server."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(
        tags=["about"],
        operation_id="about",
        summary="What this server is",
        auth=[],
        responses=AboutSerializer,
        examples=[
            OpenApiExample("About", value={"name": "taskengine", "version": __version__, "demo": True})
        ],
    )
    def get(self, request: Request) -> Response:
        """Return name, version and whether there is a demo."""
        return Response({"name": "taskengine", "version": __version__, "demo": settings.DEMO})
