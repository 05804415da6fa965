"""Questions that many have at once, asked together: a storm of sockets is a few round trips and not one each."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Generic, TypeVar

from realtime.outage import AWAY

logger = logging.getLogger(__name__)

Q = TypeVar("Q")
A = TypeVar("A")


class Gathering(Generic[Q, A]):
    """Asks one batch at a time. What comes while one is under way waits for the next.

    So a question by itself is asked at once, and the more come the larger the batches are.

    Args:
        name: What is asked for, for the log.
        ask: Answers some questions, in their order.
        at_most: How many in a batch.
        key: What makes two questions one.
    """

    def __init__(
        self,
        name: str,
        ask: Callable[[Sequence[Q]], Awaitable[Sequence[A]]],
        *,
        at_most: int,
        key: Callable[[Q], Hashable] = lambda question: question,
    ) -> None:
        self._name = name
        self._ask = ask
        self._at_most = at_most
        self._key = key
        self._waiting: dict[Hashable, tuple[Q, asyncio.Future[A]]] = {}
        self._asking: asyncio.Task[None] | None = None

    async def answer(self, question: Q) -> A:
        """Return the answer.

        Raises:
            Exception: What the asking raised. One that fails by itself spoils no other's answer.
        """
        key = self._key(question)
        if key not in self._waiting:
            self._waiting[key] = question, asyncio.get_running_loop().create_future()
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_all(), name=self._name)
        return await asyncio.shield(self._waiting[key][1])

    async def _ask_all(self) -> None:
        while self._waiting:
            keys = list(self._waiting)[: self._at_most]
            await self._ask_some([self._waiting.pop(key) for key in keys])

    async def _ask_some(self, batch: list[tuple[Q, asyncio.Future[A]]]) -> None:
        try:
            answers = await self._ask([question for question, _ in batch])
            answered = list(zip(batch, answers, strict=True))
        except Exception as error:  # noqa: BLE001 (who asked gets it)
            if len(batch) > 1 and not isinstance(error, AWAY):
                for one in batch:
                    await self._ask_some([one])
                return
            if not isinstance(error, AWAY):  # which is said once, and not for each batch
                logger.warning("A question for %s failed: %s", self._name, error)
            for _, future in batch:
                future.set_exception(error)
                future.exception()  # who left meanwhile does not fetch it
        else:
            for (_, future), answer in answered:
                future.set_result(answer)
