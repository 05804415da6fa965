"""Deletion in batches, and the audit log. On the table of people a lock is for a moment; what goes through all of them is
done beside reads and writes. Every step can be run again if it was interrupted; so the new table comes last.
"""

import uuid

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class _AtOnce(migrations.SeparateDatabaseAndState):
    """Operations of which all are done or none, in a migration that is not atomic."""

    atomic = True

    def __init__(self, operations):
        super().__init__(database_operations=operations, state_operations=operations)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0005_personal_token"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "ALTER TABLE accounts_user ADD COLUMN IF NOT EXISTS deleted_at timestamp with time zone",
                    "ALTER TABLE accounts_user DROP COLUMN deleted_at",
                ),
                migrations.RunSQL(
                    "ALTER TABLE accounts_user DROP CONSTRAINT IF EXISTS accounts_user_gone,"
                    " ADD CONSTRAINT accounts_user_gone CHECK (deleted_at IS NULL"
                    " OR (NOT is_active AND NOT is_staff AND NOT is_superuser)) NOT VALID",
                    "ALTER TABLE accounts_user DROP CONSTRAINT accounts_user_gone",
                ),
                migrations.RunSQL(
                    "ALTER TABLE accounts_user VALIDATE CONSTRAINT accounts_user_gone",
                    migrations.RunSQL.noop,
                ),
            ],
            state_operations=[
                migrations.AddField(
                    model_name="user",
                    name="deleted_at",
                    field=models.DateTimeField(editable=False, null=True),
                ),
                migrations.AddConstraint(
                    model_name="user",
                    constraint=models.CheckConstraint(
                        condition=models.Q(
                            ("deleted_at", None),
                            models.Q(("is_active", False), ("is_staff", False), ("is_superuser", False)),
                            _connector="OR",
                        ),
                        name="accounts_user_gone",
                    ),
                ),
            ],
        ),
        # What an interrupted run left.
        migrations.RunSQL(
            [
                "DROP INDEX CONCURRENTLY IF EXISTS accounts_user_deleted",
                "DROP INDEX CONCURRENTLY IF EXISTS accounts_user_staff",
            ],
            migrations.RunSQL.noop,
        ),
        AddIndexConcurrently(
            model_name="user",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)),
                fields=["deleted_at"],
                name="accounts_user_deleted",
            ),
        ),
        AddIndexConcurrently(
            model_name="user",
            index=models.Index(
                condition=models.Q(("is_staff", True)), fields=["email"], name="accounts_user_staff"
            ),
        ),
        _AtOnce(
            [
                migrations.CreateModel(
                    name="AuditEntry",
                    fields=[
                        ("id", models.UUIDField(default=uuid.uuid4, primary_key=True, serialize=False)),
                        ("at", models.DateTimeField()),
                        ("action", models.CharField(max_length=32)),
                        (
                            "subject_id",
                            models.UUIDField(
                                help_text="Whose account; null: nobody has that address.", null=True
                            ),
                        ),
                        (
                            "actor_id",
                            models.UUIDField(
                                help_text="Who did it; null: nobody who was logged in.", null=True
                            ),
                        ),
                        (
                            "address",
                            models.GenericIPAddressField(help_text="Where the request came from.", null=True),
                        ),
                        ("request_id", models.CharField(blank=True, default="", max_length=64)),
                        (
                            "details",
                            models.JSONField(default=dict, help_text="What changed. No addresses, no names."),
                        ),
                        ("times", models.PositiveIntegerField(default=1)),
                        ("last_at", models.DateTimeField()),
                    ],
                ),
                migrations.AddIndex(
                    model_name="auditentry",
                    index=models.Index(fields=["subject_id", "at", "id"], name="accounts_audit_subject"),
                ),
                migrations.AddIndex(
                    model_name="auditentry",
                    index=models.Index(fields=["actor_id", "at", "id"], name="accounts_audit_actor"),
                ),
                migrations.AddIndex(
                    model_name="auditentry",
                    index=models.Index(fields=["at", "id"], name="accounts_audit_at"),
                ),
                migrations.AddIndex(
                    model_name="auditentry",
                    index=models.Index(fields=["action", "at", "id"], name="accounts_audit_action"),
                ),
                migrations.AddIndex(
                    model_name="auditentry",
                    index=models.Index(
                        condition=models.Q(("action", "log_in_failed")),
                        fields=["address", "at"],
                        name="accounts_audit_failures",
                    ),
                ),
            ]
        ),
    ]
