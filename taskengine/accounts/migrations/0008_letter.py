import uuid

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_familiar_address"),
    ]

    operations = [
        migrations.CreateModel(
            name="Letter",
            fields=[
                (
                    "id",
                    models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False),
                ),
                ("template", models.CharField(help_text="What it is about, for the log.", max_length=100)),
                ("recipient", models.EmailField(max_length=254)),
                ("subject", models.TextField()),
                ("body", models.TextField()),
                ("created_at", models.DateTimeField()),
                ("tries", models.PositiveIntegerField(default=0)),
                ("due_at", models.DateTimeField(help_text="When it may be tried next, by anybody.")),
                (
                    "told_at",
                    models.DateTimeField(help_text="When somebody was last told that it is due.", null=True),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["due_at", "id"], name="accounts_letter_due")],
            },
        ),
    ]
