"""Signs of life of the engine's replicas."""

from django.db import models


class Heartbeat(models.Model):
    """One replica that runs, or ran until lately. Nobody is leader; this is only to be looked at."""

    id = models.UUIDField(primary_key=True)
    name = models.CharField(max_length=200, help_text="Host and process id, for people.")
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name
