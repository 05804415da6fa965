"""Free ports on the loopback address."""

import os
import random
import socket
from typing import Final

# Below those that Linux, macOS and Windows give to outgoing connections, so that between the look and the use
# only another `free_port` could take one; and the workers of a run have parts of their own.
_FIRST: Final = 12_000
_PORTS_PER_WORKER: Final = 1_000
_WORKERS: Final = 16
_TRIES: Final = 200


def free_port() -> int:
    """Return a port that nobody listened on a moment ago.

    Raises:
        AssertionError: None of those that were tried was free.
    """
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _WORKERS
    first = _FIRST + worker * _PORTS_PER_WORKER
    for port in random.sample(range(first, first + _PORTS_PER_WORKER), _TRIES):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError(f"None of {_TRIES} ports from {first} on is free.")
