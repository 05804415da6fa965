"""Sockets by ticket, as a page opens them that holds a token; and the limit on handshakes."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.support.client import Client, Listener, Page, eventually
from tests.support.servers import KINDS, Kind, Server

pytestmark = pytest.mark.untimed

NOT_AUTHENTICATED = 4500
SESSION_ENDED = 4503


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest, shared_server: Callable[..., Server]) -> Server:
    """A server of each kind."""
    return shared_server(request.param, DOORBELL="process")


async def get_ticket(client: Client) -> list[str]:
    """Return what a page offers that got a ticket."""
    answer = await client.send("POST", "/api/v1/tickets/")
    assert answer.status_code == 201, answer.text
    offered = answer.json()["subprotocols"]
    assert isinstance(offered, list)
    return offered


def by_ticket(server: Server, offered: list[str], **headers: str) -> Listener:
    return Listener(server.url, headers=headers, subprotocols=offered)


async def test_a_ticket_opens_one_socket_is_not_echoed_and_is_in_no_log(server: Server) -> None:
    async with await Client.sign_up(server.url) as ada:
        offered = await get_ticket(ada)
        listener = by_ticket(server, offered, origin="https://app.example.net")
        await listener.connect()
        await listener.hello()
        # Before its welcome a socket may not know where it begins, and the task would be in its snapshot.
        await listener.until("welcome", lambda: listener.welcome)
        task = await ada.create("Heard by ticket")
        await listener.event("task.created", task)
        assert listener.subprotocol == "taskengine.v1"

        again = by_ticket(server, offered)
        await again.connect()
        assert again.subprotocol == "taskengine.v1"
        assert (await again.closed())[0] == NOT_AUTHENTICATED

        await ada.log_out()
        assert (await listener.closed())[0] == SESSION_ENDED
        assert offered[1] not in server.output()


async def test_of_two_sockets_with_one_ticket_one_is_let_in(server: Server) -> None:
    async with await Client.sign_up(server.url) as ada:
        for _ in range(5):
            offered = await get_ticket(ada)
            rivals = [by_ticket(server, offered) for _ in range(2)]
            await asyncio.gather(*(rival.connect() for rival in rivals))
            for rival in rivals:
                with suppress(ConnectionClosed):  # it may have lost already
                    await rival.hello()

            await eventually("loser", lambda rivals=rivals: any(rival.bye for rival in rivals))  # type: ignore[misc]
            winner, loser = sorted(rivals, key=lambda rival: rival.bye is not None)
            assert (await loser.closed())[0] == NOT_AUTHENTICATED
            assert loser.welcome is None
            await winner.until("welcome", lambda winner=winner: winner.welcome)  # type: ignore[misc]
            await winner.close()


async def test_a_page_elsewhere_is_not_let_in_by_cookie_but_by_ticket(server: Server) -> None:
    async with Page(server.url) as page, await Client.sign_up(server.url) as ada:
        elsewhere = page.listener(origin="https://app.example.net")
        await elsewhere.connect()
        assert (await elsewhere.closed())[0] == NOT_AUTHENTICATED

        listener = by_ticket(server, await get_ticket(ada), origin="https://app.example.net")
        await listener.connect()
        await listener.hello()
        await listener.until("welcome", lambda: listener.welcome)
        await listener.close()


@pytest.mark.parametrize("kind", KINDS)
async def test_too_many_handshakes_from_one_address_are_refused_before_they_are_accepted(
    kind: Kind, start_server: Callable[..., Server]
) -> None:
    server = start_server(kind, DOORBELL="process", RATE_LIMIT_HANDSHAKE="3/day")
    for _ in range(3):
        listener = Listener(server.url, headers={})
        await listener.connect()
        await listener.close()

    with pytest.raises(InvalidStatus) as refused:
        await Listener(server.url, headers={}).connect()

    response = refused.value.response
    if kind == "uvicorn":
        assert response.status_code == 429
        assert int(response.headers["retry-after"]) > 0
    else:
        assert response.status_code == 403
