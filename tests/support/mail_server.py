"""A mail server on the loopback address that takes letters, after it has turned some away."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_WORDS = {b"EHLO": b"250 here", b"HELO": b"250 here", b"QUIT": b"221 bye", b"DATA": b"354 go on"}


class MailServer(socketserver.ThreadingTCPServer):
    """Speaks as much SMTP as it takes.

    Attributes:
        letters: What was taken, headers and all.
        turned_away: How many were not.
        refuses: An address for which it takes nothing; empty: none.
        url: For `EMAIL_URL`.
    """

    daemon_threads = True

    def __init__(self, *, turns_away: int, refuses: str) -> None:
        super().__init__(("127.0.0.1", 0), _Conversation)
        self.letters: list[str] = []
        self.turned_away = 0
        self.left = turns_away
        self.refuses = refuses
        self.url = f"smtp://127.0.0.1:{self.server_address[1]}"


class _Conversation(socketserver.StreamRequestHandler):
    server: MailServer

    def handle(self) -> None:
        if self.server.left > 0:
            self.server.left -= 1
            self.server.turned_away += 1
            self.wfile.write(b"421 come again\r\n")
            return
        self.wfile.write(b"220 here\r\n")
        for line in self.rfile:
            word = line[:4].strip().upper()
            if word == b"RCPT" and self.server.refuses and self.server.refuses.encode() in line:
                self.wfile.write(b"550 nobody of that name\r\n")
                continue
            self.wfile.write(_WORDS.get(word, b"250 well") + b"\r\n")
            if word == b"DATA":
                letter = b"".join(iter(self.rfile.readline, b".\r\n"))
                self.server.letters.append(letter.decode())
                self.wfile.write(b"250 taken\r\n")


@contextmanager
def mail_server(*, turns_away: int, refuses: str = "") -> Iterator[MailServer]:
    """Yield one that serves."""
    with MailServer(turns_away=turns_away, refuses=refuses) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
