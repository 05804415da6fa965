"""A task that is purged may still be named by its breakdown; so no row is looked for when a task goes."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("planning", "0002_charges_outlive_accounts"),
        ("tasks", "0008_trash"),
    ]

    operations = [
        migrations.AlterField(
            model_name="breakdown",
            name="task",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=models.DO_NOTHING,
                related_name="breakdowns",
                to="tasks.task",
            ),
        ),
        migrations.RemoveIndex(model_name="breakdown", name="planning_breakdown_task"),
    ]
