"""The index that old answers are forgotten by, built beside reads and writes."""

from django.conf import settings
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("operations", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="operation",
            index=models.Index(
                condition=models.Q(("status__isnull", False)), fields=["at"], name="operations_answers"
            ),
        ),
    ]
