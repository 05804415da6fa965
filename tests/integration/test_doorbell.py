"""The doorbell between processes, over a real Redis that comes and goes.

Two doorbells in one process stand for two processes: each has its own thread and connections.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from channels.layers import channel_layers
from django.conf import settings
from django.test import override_settings
from redis import Redis

from realtime import metrics
from realtime.publisher import Doorbell, SilentDoorbell
from tests.support.client import eventually
from tests.support.ports import free_port
from tests.support.redis import PrivateRedis

TOPIC = "streams"
LAYER = "doorbell"
PULSES = 6  # that two doorbells may ring for themselves meanwhile


def wait_until(condition: Callable[[], bool], what: str, *, deadline_s: float = 15) -> None:
    give_up = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < give_up, f"no {what} within {deadline_s} s"
        time.sleep(0.01)


@pytest.fixture
def hang() -> Iterator[Callable[[str], Doorbell]]:
    """Hangs up a doorbell that rings over the Redis at an address; takes it down after the test."""
    hung: list[Doorbell] = []

    def make(url: str) -> Doorbell:
        settings.CHANNEL_LAYERS = {
            LAYER: {
                "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
                "CONFIG": {"hosts": [{"address": url, "socket_timeout": None}]},
            }
        }
        if not hung:
            channel_layers.backends = {}
        hung.append(Doorbell(LAYER))
        return hung[-1]

    with override_settings(CHANNEL_LAYERS={}):
        yield make
        for doorbell in hung:
            doorbell.close()
    channel_layers.backends = {}


@pytest.fixture
def pair(redis: PrivateRedis, hang: Callable[[str], Doorbell]) -> tuple[Doorbell, Doorbell]:
    """Two that hear each other."""
    here, there = hang(redis.url), hang(redis.url)
    for one, other in ((here, there), (there, here)):
        assert_hears(other, one)
    return here, there


def assert_hears(listener: Doorbell, ringer: Doorbell) -> None:
    """Ring until the other one hears it: a ring may be lost, but not for ever."""
    heard: list[Any] = []
    end = listener.subscribe("probe", heard.extend)

    def rings() -> bool:
        ringer.publish("probe", ["?"])
        time.sleep(0.02)
        return bool(heard)

    wait_until(rings, "ring")
    end()


def test_a_ring_reaches_the_other_process_and_its_own_once(pair: tuple[Doorbell, Doorbell]) -> None:
    here, there = pair
    heard_here: list[Any] = []
    heard_there: list[Any] = []
    here.subscribe(TOPIC, heard_here.extend)
    there.subscribe(TOPIC, heard_there.extend)
    there.subscribe("another topic", lambda _: heard_there.append("wrong topic"))

    for number in range(100):
        here.publish(TOPIC, [["stream", number, number, ['{"é":1}']]])
    assert len(heard_here) == 100  # its own at once, without a way over Redis

    wait_until(lambda: len(heard_there) >= 100, "hundred rings")
    assert heard_there == heard_here == [["stream", number, number, ['{"é":1}']] for number in range(100)]
    assert_hears(there, here)
    assert len(heard_here) == len(heard_there) == 100


def test_nothing_is_rung_too_so_that_the_way_is_warm(pair: tuple[Doorbell, Doorbell]) -> None:
    here, there = pair
    heard: list[list[Any]] = []
    there.subscribe(TOPIC, heard.append)

    here.publish(TOPIC, [])

    wait_until(lambda: heard == [[]], "empty ring")


def test_who_has_unsubscribed_hears_no_more() -> None:
    doorbell = Doorbell(None)
    heard: list[Any] = []
    doorbell.subscribe(TOPIC, heard.extend)()
    doorbell.publish(TOPIC, [1])
    assert heard == []


async def test_a_server_s_lives_in_its_loop_until_the_server_ends(
    hang: Callable[[str], Doorbell], redis: PrivateRedis
) -> None:
    here, there = hang(redis.url), hang(redis.url)
    threads: list[str] = []
    heard_there: list[Any] = []
    leave = here.live_in_this_loop()
    here.subscribe(TOPIC, lambda _: threads.append(threading.current_thread().name))
    there.subscribe(TOPIC, heard_there.extend)
    await asyncio.to_thread(assert_hears, there, here)
    await asyncio.to_thread(assert_hears, here, there)

    there.publish(TOPIC, [1])
    await eventually("a ring from the other", lambda: threads)
    assert threads == [threading.current_thread().name]

    leave()
    await asyncio.sleep(0)
    here.publish(TOPIC, [2])
    await eventually("a ring after it", lambda: 2 in heard_there)


def test_what_is_not_sent_yet_keeps_a_process_that_is_about_to_end(
    redis: PrivateRedis, pair: tuple[Doorbell, Doorbell]
) -> None:
    here, there = pair
    heard: list[Any] = []
    there.subscribe(TOPIC, heard.extend)
    for number in range(300):
        here.publish(TOPIC, [number])
        assert here.drain(timeout_s=5)
        assert here.waiting == 0
    wait_until(lambda: len(heard) == 300, "all of them")
    redis.pause()
    try:
        here.publish(TOPIC, ["late"])
        assert not here.drain(timeout_s=0.2)
    finally:
        redis.resume()


def test_what_is_pushed_out_is_counted_as_lost(
    hang: Callable[[str], Doorbell], monkeypatch: pytest.MonkeyPatch
) -> None:
    lost: list[float] = []
    monkeypatch.setattr(metrics.DOORBELLS_LOST, "inc", lambda count=1: lost.append(count))
    doorbell = hang(f"redis://127.0.0.1:{free_port()}/0")
    for number in range(25_000):
        doorbell.publish(TOPIC, [number])
    wait_until(lambda: doorbell.waiting == 0, "the end of its patience")
    assert sum(lost) == pytest.approx(25_000, rel=0.01)  # some are sent, and fail, while others come


def test_it_rings_again_after_redis_was_restarted(
    redis: PrivateRedis, pair: tuple[Doorbell, Doorbell]
) -> None:
    here, there = pair

    redis.kill()
    here.publish(TOPIC, ["lost"])
    wait_until(lambda: not here.connected and not there.connected, "word of the loss")
    redis.start()

    wait_until(lambda: here.connected and there.connected, "word of its return")
    assert_hears(there, here)
    assert_hears(here, there)


def test_it_says_by_itself_that_redis_is_away_and_that_it_is_back(
    redis: PrivateRedis, pair: tuple[Doorbell, Doorbell]
) -> None:
    """Nobody rings meanwhile: who asks `/readyz` on a quiet night gets the truth all the same."""
    here, _ = pair
    assert here.connected
    redis.kill()
    wait_until(lambda: not here.connected, "word of the loss")
    redis.start()
    wait_until(lambda: here.connected, "word of its return")


def test_it_notices_a_redis_that_hangs(redis: PrivateRedis, pair: tuple[Doorbell, Doorbell]) -> None:
    here, there = pair
    redis.pause()
    try:
        wait_until(lambda: not here.connected, "word of the hang")
    finally:
        redis.resume()
    wait_until(lambda: here.connected, "word of its return")
    assert_hears(there, here)


def test_a_dead_redis_delays_no_ring_in_this_process(hang: Callable[[str], Doorbell]) -> None:
    doorbell = hang(f"redis://127.0.0.1:{free_port()}/0")
    heard: list[Any] = []
    doorbell.subscribe(TOPIC, heard.extend)

    began = time.monotonic()
    for number in range(30_000):  # more than it keeps for Redis
        doorbell.publish(TOPIC, [number])

    assert heard == list(range(30_000))
    assert time.monotonic() - began < 5
    assert not doorbell.connected


def test_a_hanging_redis_delays_no_ring_either(redis: PrivateRedis, pair: tuple[Doorbell, Doorbell]) -> None:
    here, _ = pair
    heard: list[Any] = []
    here.subscribe(TOPIC, heard.extend)
    redis.pause()
    try:
        began = time.monotonic()
        for number in range(2_000):
            here.publish(TOPIC, [number])
        assert time.monotonic() - began < 2
    finally:
        redis.resume()
    assert heard == list(range(2_000))


def test_a_doorbell_that_is_off_rings_for_nobody() -> None:
    doorbell = SilentDoorbell()
    heard: list[Any] = []
    doorbell.subscribe(TOPIC, heard.extend)
    doorbell.publish(TOPIC, [1])
    assert heard == []


def test_a_burst_beyond_any_capacity_arrives_whole_in_a_few_publications(
    redis: PrivateRedis, pair: tuple[Doorbell, Doorbell]
) -> None:
    """The core layer would drop what is beyond 100, silently; and one message each takes a second."""
    here, there = pair
    heard: list[Any] = []
    there.subscribe(TOPIC, heard.extend)
    before = _publications(redis)

    for first in range(0, 10_000, 100):
        here.publish(TOPIC, range(first, first + 100))

    wait_until(lambda: len(heard) >= 10_000, "ten thousand rings")
    assert heard == list(range(10_000))
    assert _publications(redis) - before < 150


def test_rings_that_follow_closely_go_together_and_none_waits_for_another_that_may_not_come(
    redis: PrivateRedis, pair: tuple[Doorbell, Doorbell]
) -> None:
    here, there = pair
    here.gather_s = 0.5
    heard: list[Any] = []
    there.subscribe(TOPIC, heard.extend)
    time.sleep(here.gather_s)  # since the pair tried each other
    before, begun_at = _publications(redis), time.monotonic()
    here.publish(TOPIC, ["first"])
    wait_until(lambda: heard == ["first"], "first ring")
    assert time.monotonic() - begun_at < here.gather_s
    for number in range(50):
        here.publish(TOPIC, [number])
        time.sleep(0.001)
    wait_until(lambda: len(heard) == 51, "rings that followed")
    assert heard == ["first", *range(50)]
    assert _publications(redis) - before <= 2 + PULSES


def test_a_ring_that_hurries_waits_for_none_and_takes_along_who_waits(
    pair: tuple[Doorbell, Doorbell],
) -> None:
    here, there = pair
    here.gather_s = 30.0
    heard: list[Any] = []
    there.subscribe(TOPIC, heard.extend)
    here.publish(TOPIC, ["waits"])
    time.sleep(0.2)
    assert heard == []
    here.publish(TOPIC, ["hurries"], at_once=True)
    wait_until(lambda: heard == ["waits", "hurries"], "both rings")


def test_nobodys_membership_is_kept_where_it_could_expire(
    redis: PrivateRedis, pair: tuple[Doorbell, Doorbell]
) -> None:
    """The core layer keeps who listens in a key, and forgets who is in it for a day.

    Here it is the subscription of a connection that stands: there is nothing in Redis that could grow
    old, and a connection that broke is joined anew by `_receive_for_ever`.
    """
    with Redis(host="127.0.0.1", port=redis.port) as client:
        assert client.keys() == []
        assert client.pubsub_channels() != []


def _publications(redis: PrivateRedis) -> int:
    with Redis(host="127.0.0.1", port=redis.port) as client:
        return int(client.info("commandstats")["cmdstat_publish"]["calls"])
