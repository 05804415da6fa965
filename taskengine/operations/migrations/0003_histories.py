"""What the history of one object is read by, and which operation an undo took back; built beside reads and writes.

An index on an expression needs nothing filled in. If it is interrupted it can be run again, after an index that is
left invalid was dropped.
"""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models
from django.db.models.expressions import RawSQL


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("operations", "0002_answers"),
    ]

    operations = [
        migrations.AddField(
            model_name="operation",
            name="undoes",
            field=models.UUIDField(null=True, help_text="The operation that this one took back."),
        ),
        migrations.AlterField(
            model_name="operation",
            name="changes",
            field=models.JSONField(
                help_text=(
                    "[{kind, id, before, after}], where null means that it was not there; both are null where the"
                    " object was purged, by this operation or since."
                )
            ),
        ),
        AddIndexConcurrently(
            model_name="operation",
            index=GinIndex(
                RawSQL(
                    "jsonb_path_query_array(changes || coalesce(answer, '[]'::jsonb), '$[*].id'::jsonpath)",
                    (),
                ),
                fastupdate=False,
                name="operations_objects",
            ),
        ),
        AddIndexConcurrently(
            model_name="operation",
            index=models.Index(
                condition=models.Q(("answer__isnull", False), ("verb", "batch")),
                fields=["owner"],
                name="operations_batches",
            ),
        ),
        AddIndexConcurrently(
            model_name="operation",
            index=models.Index(
                condition=models.Q(("undoes__isnull", False)),
                fields=["owner", "undoes"],
                name="operations_undone",
            ),
        ),
    ]
