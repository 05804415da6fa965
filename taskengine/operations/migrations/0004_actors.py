"""Who did it, where it was not the person themselves. Nothing is filled in: until now it is not known of any."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("operations", "0003_histories"),
    ]

    operations = [
        migrations.AddField(
            model_name="operation",
            name="actor_id",
            field=models.UUIDField(null=True, help_text="Who did it, where it was not the owner: staff."),
        ),
    ]
