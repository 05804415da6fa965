"""The operation log's table."""

from typing import ClassVar, Final

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.db.models.expressions import RawSQL

# Of which objects an operation tells: what it changed, and what its kept answer is about. The text of the index
# below; a query has to be worded alike to be answered from it.
OBJECT_IDS: Final = "jsonb_path_query_array(changes || coalesce(answer, '[]'::jsonb), '$[*].id'::jsonpath)"
# The verb of several operations in one. Its answer holds theirs, which `OBJECT_IDS` does not look into.
BATCH: Final = "batch"


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
    # No foreign key: what was done stays said when who did it is gone.
    actor_id = models.UUIDField(null=True, help_text="Who did it, where it was not the owner: staff.")
    verb = models.CharField(max_length=64, help_text="What was asked for, such as `task.complete`.")
    at = models.DateTimeField()
    changes = models.JSONField(
        help_text=(
            "[{kind, id, before, after}], where null means that it was not there; both are null where the object was"
            " purged, by this operation or since."
        )
    )
    undoes = models.UUIDField(null=True, help_text="The operation that this one took back.")
    # What a retry must equal, and what it is answered; null where the client sent no key. An answer about what was
    # purged since is not kept: its status is 410.
    fingerprint = models.CharField(max_length=64, null=True)  # noqa: DJ001 (null: there is none)
    status = models.PositiveSmallIntegerField(null=True)
    answer = models.JSONField(null=True)

    class Meta:
        indexes: ClassVar = [
            # A person's activity, newest first, and the trimming by age.
            models.Index(fields=["owner", "-at"], name="operations_by_owner"),
            # Answers that are too old to be given again (`answers.forget_answers`).
            models.Index(fields=["at"], name="operations_answers", condition=Q(status__isnull=False)),
            # The history of one object, and the scrubbing of what is purged. An expression, so that a write has nothing
            # more to say; without `fastupdate`, whose pending list is emptied by whoever happens to fill it.
            GinIndex(
                RawSQL(OBJECT_IDS, ()),  # noqa: S611 (a constant)
                name="operations_objects",
                fastupdate=False,
            ),
            # Batches whose answers are kept, which may speak of more than they changed.
            models.Index(
                fields=["owner"],
                name="operations_batches",
                condition=Q(verb=BATCH, answer__isnull=False),
            ),
            # Whether an operation was taken back. Undos are few.
            models.Index(
                fields=["owner", "undoes"], name="operations_undone", condition=Q(undoes__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verb} {self.id}"
