"""The operation log's table."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q


class Operation(models.Model):
    """One thing a person asked for, and what it changed.

    It serves three readers: a retry (the answer is given again), history and undo (`changes`).
    """

    # The client names its operations, so an id is unique for one person only.
    pk = models.CompositePrimaryKey("owner_id", "id")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False, related_name="operations"
    )
    id = models.UUIDField()
    verb = models.CharField(max_length=64, help_text="What was asked for, such as `task.complete`.")
    at = models.DateTimeField()
    changes = models.JSONField(
        help_text="[{kind, id, before, after}], where null means that it was not there."
    )
    # What a retry must equal, and what it is answered; null where the client sent no key.
    fingerprint = models.CharField(max_length=64, null=True)  # noqa: DJ001 (null: there is none)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)

    class Meta:
        indexes: ClassVar = [
            # A person's activity, newest first, and the trimming by age.
            models.Index(fields=["owner", "-at"], name="operations_by_owner"),
            # Answers that are too old to be given again (`answers.forget_answers`).
            models.Index(fields=["at"], name="operations_answers", condition=Q(status__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.id}"
