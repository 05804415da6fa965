"""The embedded PostgreSQL's share of the memory."""

import pytest

from taskengine.embedded.memory import shared_buffers

GIB = 1024**3


@pytest.mark.parametrize(
    ("memory", "setting"),
    [
        (0, "128MB"),  # it does not say
        (GIB // 2, "128MB"),
        (GIB // 2 + 4 * 1024**2, "129MB"),
        (2 * GIB, "512MB"),
        (4 * GIB, "1024MB"),
        (64 * GIB, "1024MB"),
    ],
)
def test_a_quarter_of_the_memory_within_bounds(memory: int, setting: str) -> None:
    assert shared_buffers(memory) == setting


def test_the_machine_is_asked_where_nothing_is_said() -> None:
    assert shared_buffers().endswith("MB")
