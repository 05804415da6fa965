"""Places for the tasks that are there, and the indexes. Nothing waits for it: rows by the thousand, each in a
transaction of its own; the constraint checked, and the indexes built, beside reads and writes.

On a million tasks it takes a minute or two. If it is interrupted it can be run again, after an index that is left
invalid was dropped.
"""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import connection, migrations, models

from taskengine.organisation import order

_BATCH_ROWS = 5_000


def _place(apps, schema_editor):
    """Put every task in the order in which it was made."""
    with connection.cursor() as cursor:
        after = "00000000-0000-0000-0000-000000000000"
        while True:
            cursor.execute(
                "SELECT id, created_at, position FROM tasks_task WHERE id > %s ORDER BY id LIMIT %s",
                [after, _BATCH_ROWS],
            )
            rows = cursor.fetchall()
            if not rows:
                return
            after = rows[-1][0]
            unplaced = [(id_, created_at) for id_, created_at, position in rows if position == ""]
            positions = [order.last(now=created_at, place=0, id_=id_) for id_, created_at in unplaced]
            cursor.execute(
                "UPDATE tasks_task AS t SET position = n.position"
                " FROM unnest(%s::uuid[], %s::text[]) AS n (id, position) WHERE t.id = n.id AND t.position = ''",
                [[id_ for id_, _ in unplaced], positions],
            )


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("tasks", "0004_places"),
    ]

    operations = [
        migrations.RunPython(_place, migrations.RunPython.noop, elidable=True),
        migrations.RunSQL(
            "ALTER TABLE tasks_task VALIDATE CONSTRAINT tasks_task_project_exists", migrations.RunSQL.noop
        ),
        AddIndexConcurrently(
            model_name="task",
            index=models.Index(
                condition=models.Q(("project__isnull", False)),
                fields=["project", "position", "id"],
                name="tasks_task_project",
            ),
        ),
        AddIndexConcurrently(
            model_name="task",
            index=django.contrib.postgres.indexes.GinIndex(
                condition=models.Q(("labels", []), _negated=True),
                fastupdate=False,
                fields=["labels"],
                name="tasks_task_labels",
            ),
        ),
    ]
