"""`manage.py runengine`: one replica of the engine as a process of its own."""

import signal
from typing import Any

from django.core.management.base import BaseCommand

from taskengine.engine.housekeeping import Housekeeper
from taskengine.engine.loop import Engine


class Command(BaseCommand):
    """Fires deadlines until SIGTERM or Ctrl-C. Start as many as you like."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until told to stop; the batch under way is finished first."""
        engine, housekeeper = Engine(), Housekeeper()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: engine.request_stop())
        housekeeper.start()
        engine.run()
        housekeeper.stop(timeout_s=1)
