import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0006_audit_and_deletion"),
    ]

    operations = [
        migrations.CreateModel(
            name="FamiliarAddress",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.BinaryField(max_length=32)),
                ("last_used_at", models.DateTimeField()),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="familiar_addresses",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["last_used_at"], name="accounts_familiar_used")],
                "constraints": [
                    models.UniqueConstraint(fields=("user", "digest"), name="accounts_familiar_once")
                ],
            },
        ),
    ]
