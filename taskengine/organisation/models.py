"""The tables of projects and labels, and for each index the query that needs it."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from taskengine.organisation.order import MAX_POSITION_CHARS
from taskengine.organisation.palette import COLOUR_CHOICES, Colour

MAX_NAME_CHARS = 120


class Named(models.Model):
    """What projects and labels share."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="%(class)ss"
    )
    name = models.CharField(max_length=MAX_NAME_CHARS)
    colour = models.CharField(max_length=16, choices=COLOUR_CHOICES, default=Colour.GREY.value)

    version = models.PositiveIntegerField(default=1, help_text="Counts the writes.")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    deleted_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name


class Project(Named):
    """A list of tasks. A task is in one or in none."""

    # Compared byte by byte, by every database and every client alike.
    position = models.CharField(max_length=MAX_POSITION_CHARS, db_collation="C")
    archived = models.BooleanField(default=False)

    class Meta:
        indexes: ClassVar = [
            # The list in its manual order, and a project's neighbours.
            models.Index(
                fields=["owner", "position", "id"], name="organisation_project_order", condition=Q(deleted_at=None)
            ),
            # Pages of a snapshot, and the deletion of an account.
            models.Index(fields=["owner", "id"], name="organisation_project_owner"),
        ]  # fmt: skip


class Label(Named):
    """A word that any number of tasks carry."""

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                "owner", Lower("name"), name="organisation_label_name", condition=Q(deleted_at=None)
            ),
        ]
        indexes: ClassVar = [
            # The list by name.
            models.Index(fields=["owner", "name", "id"], name="organisation_label_list", condition=Q(deleted_at=None)),
            # Pages of a snapshot, and the deletion of an account.
            models.Index(fields=["owner", "id"], name="organisation_label_owner"),
        ]  # fmt: skip
