"""Who is right about the time: the database, from a server's first request on."""

from collections.abc import Callable

from tests.support.client import Client, in_seconds, utc
from tests.support.servers import Server

STARTS = 2


async def test_a_server_has_the_databases_time_from_its_first_request_on(
    start_server: Callable[..., Server],
) -> None:
    off_s = []
    for _ in range(STARTS):
        server = start_server("uvicorn", ENGINE_IN_SERVER="0")  # an engine would look at the clock by the way
        async with await Client.sign_up(server.url) as ada:
            ahead_s, behind_s = [], []
            for _ in range(20):
                sent = in_seconds(0)
                answer = (await ada.send("GET", "/api/v1/tasks/summary/")).json()
                ahead_s.append((utc(answer["server_time"]) - in_seconds(0)).total_seconds())
                behind_s.append((sent - utc(answer["server_time"])).total_seconds())
            # Its time lay between question and answer, so that this is how wrong it is at least.
            off_s.append(max(*ahead_s, *behind_s))
        server.close()
    # The best of several: the machine's own delays are not the clock's.
    assert min(off_s) < 0.003, off_s
