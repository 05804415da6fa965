"""Questions that are asked together: fewer round trips, and no one's trouble is another's."""

import asyncio
from collections.abc import Sequence

import pytest
from django.db import OperationalError

from realtime.gathering import Gathering


class Source:
    """Doubles numbers, and remembers what it was asked at a time. 13 brings bad luck, 99 an outage."""

    def __init__(self) -> None:
        self.asked: list[list[int]] = []

    async def __call__(self, numbers: Sequence[int]) -> list[int]:
        self.asked.append(list(numbers))
        await asyncio.sleep(0)
        if 99 in numbers:
            raise OperationalError("away")
        if 13 in numbers:
            raise ValueError("13")
        return [2 * number for number in numbers]


@pytest.fixture
def source() -> Source:
    return Source()


def gathering(source: Source, *, at_most: int = 100) -> Gathering[int, int]:
    return Gathering("numbers", source, at_most=at_most)


async def test_what_comes_at_once_is_asked_at_once_and_no_more_than_allowed(source: Source) -> None:
    numbers = gathering(source, at_most=4)

    answers = await asyncio.gather(*(numbers.answer(n) for n in range(10)))

    assert answers == [2 * n for n in range(10)]
    assert [len(batch) for batch in source.asked] == [4, 4, 2]


async def test_what_comes_while_one_is_under_way_is_the_next_batch(source: Source) -> None:
    numbers = gathering(source)
    first = asyncio.create_task(numbers.answer(0))
    await asyncio.sleep(0)  # it is put, and
    await asyncio.sleep(0)  # it is asked
    assert source.asked == [[0]]

    assert await asyncio.gather(*(numbers.answer(n) for n in (0, 1, 2))) == [0, 2, 4]

    assert await first == 0
    # The same question again, for the answer under way may be from before it was asked.
    assert source.asked == [[0], [0, 1, 2]]


async def test_the_same_question_is_asked_once(source: Source) -> None:
    numbers = gathering(source)
    assert await asyncio.gather(*(numbers.answer(7) for _ in range(5))) == [14] * 5
    assert source.asked == [[7]]


async def test_one_that_fails_spoils_no_other(source: Source) -> None:
    numbers = gathering(source)

    answers = await asyncio.gather(*(numbers.answer(n) for n in (1, 13, 2)), return_exceptions=True)

    assert (answers[0], answers[2]) == (2, 4)
    assert isinstance(answers[1], ValueError)
    assert await numbers.answer(3) == 6


async def test_an_outage_is_everybodys_and_is_not_asked_after_again(source: Source) -> None:
    numbers = gathering(source)

    answers = await asyncio.gather(*(numbers.answer(n) for n in (1, 99, 2)), return_exceptions=True)

    assert [type(answer) for answer in answers] == [OperationalError] * 3
    assert len(source.asked) == 1


async def test_who_leaves_takes_no_answer_from_the_others(source: Source) -> None:
    numbers = gathering(source)
    leaving, staying = (asyncio.create_task(numbers.answer(5)) for _ in range(2))
    await asyncio.sleep(0)

    leaving.cancel()

    assert await staying == 10
