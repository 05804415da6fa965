"""Celery with an ETA, on Redis: the worker fetches the messages at once and keeps them in its memory.

Prefetch is without limit, as ETAs need it; nothing is stored of a result; what a worker says to other
workers is off. Threads were faster than processes, for single jobs and in a burst.
"""

from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from bench.peers._round import Round

# By name: the type checker runs where no peer is installed.
celery: Any = import_module("celery")


def main() -> None:
    """Make the jobs, then work."""
    asked = Round.read()

    def run(due: float) -> None:
        asked.arrived(due)

    app = celery.Celery("bench", broker=asked.redis_url)
    app.conf.update(
        broker_connection_retry_on_startup=True,
        task_ignore_result=True,
        worker_prefetch_multiplier=0,
        worker_redirect_stdouts=False,
    )
    job = app.task(run, name="job")
    with app.producer_pool.acquire() as producer:
        for due in asked.instants:
            job.apply_async((due,), eta=datetime.fromtimestamp(due, UTC), producer=producer)
    asked.all_made(version=celery.__version__)
    quiet = ("--without-gossip", "--without-mingle", "--without-heartbeat")
    app.worker_main(["worker", "--pool=threads", "--concurrency=10", "--loglevel=ERROR", *quiet])


if __name__ == "__main__":
    main()
