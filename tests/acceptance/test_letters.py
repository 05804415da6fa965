"""Letters that a server sends by itself, without Celery's workers."""

from collections.abc import Callable

from tests.support.client import Client, eventually
from tests.support.mail_server import mail_server
from tests.support.servers import Server


async def test_a_server_without_an_engine_tries_again_what_the_mail_server_did_not_take(
    start_server: Callable[..., Server],
) -> None:
    with mail_server(turns_away=1) as mail:
        server = start_server(EMAIL_URL=mail.url, ENGINE_IN_SERVER="0")
        async with await Client.sign_up(server.url):
            await eventually("letter", lambda: mail.letters, deadline_s=30)
        assert (mail.turned_away, len(mail.letters)) == (1, 1)
