"""Ask the server in this container whether it serves: `python -IS healthy.py PORT`.

It needs nothing of the project and little of the standard library, since it is started every few seconds.
"""

import socket
import sys

TIMEOUT_S = 4.0


def main() -> int:
    """Return the exit code: 0 if `/healthz` answers 200."""
    try:
        with socket.create_connection(("127.0.0.1", int(sys.argv[1])), TIMEOUT_S) as connection:
            connection.settimeout(TIMEOUT_S)
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
            first = connection.recv(64)
    except OSError as error:
        sys.stdout.write(f"No answer: {error}\n")
        return 1
    sys.stdout.write(first.partition(b"\r\n")[0].decode(errors="replace") + "\n")
    return int(first.split(b" ")[1:2] != [b"200"])


if __name__ == "__main__":
    sys.exit(main())
