"""What the routes of projects and labels share: the answers to writes."""

from typing import Final

from rest_framework import status

from taskengine.operations.services import Answer
from taskengine.organisation.models import Named
from taskengine.organisation.payloads import payload

GONE: Final = Answer(status=status.HTTP_204_NO_CONTENT, body=None)


def answer(named: Named, *, code: int = status.HTTP_200_OK) -> Answer:
    """Return the answer to a write: the bare object."""
    return Answer(status=code, body=payload(named))
