"""`manage.py runengine`: one replica of the engine as a process of its own."""

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from prometheus_client import start_http_server

from taskengine import clock, tracing
from taskengine.engine import metrics
from taskengine.engine.housekeeping import Housekeeper
from taskengine.engine.loop import Engine


class Command(BaseCommand):
    """Fires deadlines until SIGTERM or Ctrl-C. Start as many as you like."""

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take where to serve metrics."""
        parser.add_argument("--metrics-port", type=int, help="serve Prometheus' /metrics on this port")
        parser.add_argument(
            "--metrics-host", default="127.0.0.1", help="and on this address (this machine only by default)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run until told to stop; the batch under way is finished first."""
        engine, housekeeper = Engine(), Housekeeper()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: engine.request_stop())
        if (port := options.get("metrics_port")) is not None:
            _serve_metrics(options["metrics_host"], port)
        tracing.start()
        housekeeper.start()
        engine.run()
        housekeeper.stop(timeout_s=1)


def _serve_metrics(host: str, port: int) -> None:
    # Asked at each scrape: the loop that could tell it may be waiting for the database's answer.
    metrics.SILENCE.set_function(clock.silence_s)
    try:
        start_http_server(port, addr=host)
    except OSError as error:
        raise CommandError(f"Metrics can't be served on {host}:{port}: {error.strerror}.") from error
