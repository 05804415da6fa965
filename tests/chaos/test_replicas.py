"""Replicas of the engine that are killed all the time, while deadlines pass and people write."""

from collections.abc import Callable

import pytest

from tests.support.burst import Burst
from tests.support.harm import kill_replicas
from tests.support.rounds import ROUNDS
from tests.support.servers import Server


@pytest.mark.parametrize("seed", ROUNDS)
async def test_every_deadline_is_told_exactly_once_whoever_is_killed(
    start_server: Callable[..., Server], seed: int
) -> None:
    server = start_server("uvicorn", ENGINE_IN_SERVER="0")
    async with Burst(server, seed=seed) as burst:
        await burst.suffer(kill_replicas)

        # What one kill costs is measured elsewhere: here the machine has more to do than it can.
        burst.note_lateness()
