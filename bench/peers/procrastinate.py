"""Procrastinate on PostgreSQL. It is told of new jobs by NOTIFY; for a job's time to come it polls.

How often it polls is the round's option `polling_s`.
"""

import asyncio
import itertools
import logging
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

import psycopg

from bench.peers._round import Round

# By name: the type checker runs where no peer is installed.
procrastinate: Any = import_module("procrastinate")


async def main() -> None:
    """Make the jobs, then work."""
    asked = Round.read()

    async def run(due: float) -> None:
        asked.arrived(due)

    app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=asked.database_url))
    job = app.task(run, name="job")
    async with app.open_async():
        await app.schema_manager.apply_schema_async()
        for due, same in itertools.groupby(asked.instants):
            at = job.configure(schedule_at=datetime.fromtimestamp(due, UTC))
            await at.batch_defer_async(*({"due": each} for each in same))
        async with await psycopg.AsyncConnection.connect(asked.database_url, autocommit=True) as connection:
            await connection.execute("ANALYZE")
        asked.all_made(version=procrastinate.__version__)
        await app.run_worker_async(
            concurrency=10,
            fetch_job_polling_interval=asked.options["polling_s"],
            delete_jobs="successful",
        )


if __name__ == "__main__":
    logging.disable()
    asyncio.run(main())
