"""`/api/v1/ai/`: which planner makes one's breakdowns, and what is left of today's budget."""

from typing import Any, ClassVar, cast

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from realtime.envelope import rfc3339
from taskengine import clock
from taskengine.accounts.models import User
from taskengine.api.breakdowns_schema import PLANNERS
from taskengine.api.problems_schema import problems
from taskengine.planning.budget import budget_of
from taskengine.planning.planners import choice_for


class BudgetSerializer(serializers.Serializer[Any]):
    """What is left of a day. Only what is asked of Gemini counts."""

    limit = serializers.IntegerField()
    left = serializers.IntegerField()
    resets_at = serializers.DateTimeField()


class AiSerializer(serializers.Serializer[Any]):
    """The planner that makes one's breakdowns."""

    planner = serializers.ChoiceField(PLANNERS, help_text="`offline` works by rules and is no AI.")
    model = serializers.CharField(allow_null=True)
    budget = BudgetSerializer()
    sends = serializers.CharField(help_text="What leaves this server, as a sentence for people.")


@extend_schema(tags=["breakdowns"])
class AiView(APIView):
    """The planner."""

    scope: ClassVar[str] = "ai"

    @extend_schema(
        operation_id="ai",
        summary="Which planner is on, and what is left of today",
        responses={200: AiSerializer, **problems(401, 429)},
        examples=[
            OpenApiExample(
                "With a key",
                value={
                    "planner": "gemini",
                    "model": "gemini-3.8-flash",
                    "budget": {"limit": 30, "left": 28, "resets_at": "2026-11-23T00:00:00.000000Z"},
                    "sends": "The goal, its notes, … are sent to Google's Gemini. Nothing else is: …",
                },
            )
        ],
    )
    def get(self, request: Request) -> Response:
        """Say so."""
        person = cast(User, request.user)
        choice = choice_for(person)
        budget = budget_of(owner_id=person.pk, now=clock.now())
        return Response(
            {
                "planner": choice.name,
                "model": choice.model,
                "budget": {
                    "limit": budget.limit,
                    "left": budget.left,
                    "resets_at": rfc3339(budget.resets_at),
                },
                "sends": choice.sends,
            }
        )
