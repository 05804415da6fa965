"""How the collector of garbage is set in a server."""

from taskengine.runtime import GC_THRESHOLDS


def test_a_young_collection_is_short_and_a_full_one_rare() -> None:
    young, middle, full = GC_THRESHOLDS
    assert young <= 5_000  # while it runs no request is answered: some 1 ms a thousand
    assert young * middle <= 10_000
    assert young * middle * full >= 20_000_000  # it goes through all that the sockets hold
