"""Serve the whole product from this process. Imported once the environment stands: it brings Django."""

import socket
from types import FrameType

import django
import uvicorn
from django.core.management import call_command

GRACE_S = 5
MAX_FRAME_BYTES = 131_072  # twice what the protocol allows, so that it is the protocol that says no


class Server(uvicorn.Server):
    """Uvicorn that says where it serves, and that a second Ctrl-C does not hurry."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the two lines that people wait for."""
        await super().startup(sockets)
        if self.started and sockets:
            port = sockets[0].getsockname()[1]
            print(f"taskengine serves on http://127.0.0.1:{port}", flush=True)
            print("Press Ctrl-C to stop.", flush=True)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop in order. Uvicorn's own handler lets a second signal skip the shutdown of the application."""
        self.should_exit = True


def migrate() -> None:
    """Bring the database's tables up to date."""
    django.setup()
    call_command("migrate", interactive=False, verbosity=0)


def serve(listener: socket.socket) -> None:
    """Serve on `listener` until SIGINT or SIGTERM, then let what is under way finish for a few seconds.

    Raises:
        SystemExit: The application failed to start.
    """
    config = uvicorn.Config(
        "taskengine.asgi:application",
        log_config=None,  # Django has set logging up
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        ws="websockets-sansio",
        ws_max_size=MAX_FRAME_BYTES,
        ws_per_message_deflate=False,  # it nearly doubles what an idle socket costs
        ws_ping_interval=None,  # the stream has pings of its own
        timeout_graceful_shutdown=GRACE_S,
    )
    Server(config).run(sockets=[listener])
