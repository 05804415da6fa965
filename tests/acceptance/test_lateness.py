"""How exact the instant is, by a loose measure: `make bench` has the fine one."""

from collections.abc import Callable

import pytest

from tests.support.client import Client, in_seconds, utc
from tests.support.database import add_tasks
from tests.support.servers import Kind, Server

COUNT = 20


@pytest.mark.parametrize(
    ("kind", "bell", "most_s"),
    [("uvicorn", "process", 1.0), ("daphne", "process", 1.0), ("uvicorn", "off", 2.5)],
)
async def test_no_deadline_is_told_before_its_instant_and_none_long_after(
    kind: Kind, bell: str, most_s: float, shared_server: Callable[..., Server]
) -> None:
    server = shared_server(kind, DOORBELL=bell)
    async with await Client.sign_up(server.url) as ada:
        listener = await ada.listen()
        add_tasks(server.database_url, await ada.id(), count=COUNT, first=in_seconds(0.6), spread_s=0.6)

        await listener.reach(COUNT)

        late_s = [listener.arrived[event["seq"]] - utc(event["at"]).timestamp() for event in listener.events]
        assert min(late_s) >= 0
        assert max(late_s) < most_s
        instants = [utc(event["at"]) for event in listener.events]
        assert instants == sorted(instants)
