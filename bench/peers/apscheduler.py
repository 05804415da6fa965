"""APScheduler 3 in memory: nothing is stored, and what is over a second late it gives up, as it comes.

Its background scheduler with threads was faster than the one on asyncio for single jobs, and as fast in a burst.
"""

import logging
import threading
from datetime import UTC, datetime
from importlib import import_module
from typing import Any

from bench.peers._round import Round

# By name: the type checker runs where no peer is installed.
apscheduler: Any = import_module("apscheduler")
background: Any = import_module("apscheduler.schedulers.background")
events: Any = import_module("apscheduler.events")


def main() -> None:
    """Make the jobs, then work."""
    logging.disable()
    asked = Round.read()
    scheduler = background.BackgroundScheduler(timezone=UTC)
    scheduler.add_listener(lambda _: asked.drop(), events.EVENT_JOB_MISSED)
    scheduler.start()
    for due in asked.instants:
        scheduler.add_job(asked.arrived, "date", run_date=datetime.fromtimestamp(due, UTC), args=[due])
    asked.all_made(version=apscheduler.version)
    threading.Event().wait()  # until the answer is given


if __name__ == "__main__":
    main()
