"""The index that a list of everything reads for its completed tasks, built beside reads and writes."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("tasks", "0006_search"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="task",
            index=models.Index(
                condition=models.Q(("completed_at__isnull", False), ("deleted_at", None)),
                fields=["owner", "deadline", "id"],
                name="tasks_task_listed",
            ),
        ),
    ]
