"""Celery's workers, for whoever has work for them: whether they do it, and the way to tell them of it."""

from typing import Any

from django.conf import settings


def celery_works() -> bool:
    """Whether Celery's workers do what waits (breakdowns, mail), and not the servers themselves."""
    return bool(settings.REDIS_URL) and not settings.WORKER_IN_SERVER


def celery_client() -> Any:
    """Return a client of Celery's, by the workers' own settings. It connects when it is used."""
    from celery import Celery  # only where there is a broker: the embedded run is spared it

    app: Any = Celery("taskengine", broker=settings.REDIS_URL, set_as_current=False)
    app.conf.update(settings.CELERY)
    return app
