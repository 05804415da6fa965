"""Columns for projects, labels and manual order. No row is rewritten: all defaults are constants.

The constraint is added unchecked, which needs its lock for a moment only; the next migration checks it.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("organisation", "0001_initial"),
        ("tasks", "0003_retries"),
    ]

    operations = [
        migrations.AddField(
            model_name="task",
            name="labels",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), db_default=[], default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="task",
            name="position",
            field=models.CharField(db_collation="C", db_default="", default="", max_length=200),
        ),
        migrations.AddField(
            model_name="task",
            name="project",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="tasks",
                to="organisation.project",
            ),
        ),
        migrations.RunSQL(
            "ALTER TABLE tasks_task ADD CONSTRAINT tasks_task_project_exists FOREIGN KEY (project_id)"
            " REFERENCES organisation_project (id) DEFERRABLE INITIALLY DEFERRED NOT VALID",
            "ALTER TABLE tasks_task DROP CONSTRAINT tasks_task_project_exists",
        ),
    ]
