"""Parents and estimates. Columns without defaults, constraints unchecked: locks for a moment each; then checked, and the
index built, beside reads and writes. Every step can be run again if it was interrupted.

The models' state says a foreign key, which 0008 takes away again; so none is made here, and no task is looked at for it.
"""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("tasks", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE tasks_task ADD COLUMN IF NOT EXISTS estimate_min smallint,"
                    " ADD COLUMN IF NOT EXISTS parent_id uuid",
                    "ALTER TABLE tasks_task DROP COLUMN parent_id, DROP COLUMN estimate_min",
                ),
            ],
            state_operations=[
                migrations.AddField(
                    model_name="task",
                    name="estimate_min",
                    field=models.PositiveSmallIntegerField(null=True),
                ),
                migrations.AddField(
                    model_name="task",
                    name="parent",
                    field=models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="children",
                        to="tasks.task",
                    ),
                ),
            ],
        ),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE tasks_task"
                    " DROP CONSTRAINT IF EXISTS tasks_task_estimate_min_check,"
                    " DROP CONSTRAINT IF EXISTS tasks_task_estimate,"
                    " DROP CONSTRAINT IF EXISTS tasks_task_parent,"
                    " ADD CONSTRAINT tasks_task_estimate_min_check CHECK (estimate_min >= 0) NOT VALID,"
                    " ADD CONSTRAINT tasks_task_estimate"
                    " CHECK (estimate_min IS NULL OR (estimate_min >= 1 AND estimate_min <= 10080)) NOT VALID,"
                    " ADD CONSTRAINT tasks_task_parent"
                    " CHECK (parent_id IS NULL OR NOT (parent_id = id AND parent_id IS NOT NULL)) NOT VALID",
                    "ALTER TABLE tasks_task DROP CONSTRAINT tasks_task_parent,"
                    " DROP CONSTRAINT tasks_task_estimate, DROP CONSTRAINT tasks_task_estimate_min_check",
                ),
                migrations.RunSQL(
                    [
                        "ALTER TABLE tasks_task VALIDATE CONSTRAINT tasks_task_estimate_min_check",
                        "ALTER TABLE tasks_task VALIDATE CONSTRAINT tasks_task_estimate",
                        "ALTER TABLE tasks_task VALIDATE CONSTRAINT tasks_task_parent",
                    ],
                    migrations.RunSQL.noop,
                ),
            ],
            state_operations=[
                migrations.AddConstraint(
                    model_name="task",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("estimate_min", None), ("estimate_min__range", (1, 10080)), _connector="OR"
                        ),
                        name="tasks_task_estimate",
                    ),
                ),
                migrations.AddConstraint(
                    model_name="task",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("parent", None),
                            models.Q(("parent", models.F("id")), _negated=True),
                            _connector="OR",
                        ),
                        name="tasks_task_parent",
                    ),
                ),
            ],
        ),
        # What an interrupted run left.
        migrations.RunSQL("DROP INDEX CONCURRENTLY IF EXISTS tasks_task_children", migrations.RunSQL.noop),
        AddIndexConcurrently(
            model_name="task",
            index=models.Index(
                condition=models.Q(("parent__isnull", False)),
                fields=["parent", "created_at", "id"],
                name="tasks_task_children",
            ),
        ),
    ]
