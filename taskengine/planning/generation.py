"""What a worker does with one breakdown: ask the planner, and write each step the moment it is there.

Everything may end at any point: killed, the lease runs out and another attempt begins afresh; cancelled
or fenced off, the next write finds it out and the planner is hung up on. No transaction is open while
the planner is waited for.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from typing import Any, Final, Protocol, TypeVar
from uuid import UUID

from django.db import InterfaceError, OperationalError

from ai.errors import PlannerError, PlannerTimeout, PlanNotMade
from ai.plans import Plan
from realtime import tracing
from taskengine import logs
from taskengine.planning import attempts, metrics
from taskengine.planning.attempts import Attempt
from taskengine.planning.metrics import Outcome
from taskengine.planning.planners import Planners

logger = logging.getLogger(__name__)

T = TypeVar("T")

# How often a worker says that it is alive, and by the way sees whether it is still wanted.
SIGN_OF_LIFE_S: Final = 2.0
# The planners have limits of their own; this one is for a planner that forgets its.
MOST_S: Final = 150.0


class Run(Protocol):
    """Calls a function that uses the database, somewhere outside of the event loop."""

    def __call__(self, function: Callable[..., T], *args: Any) -> Awaitable[T]:
        """Return what it returns."""
        ...


async def generate(attempt: Attempt, *, planners: Planners, run: Run) -> None:
    """Carry an attempt out, to whatever end.

    Args:
        attempt: As it was claimed.
        planners: Of this process.
        run: Where the database is used.
    """
    begun_at = time.monotonic()
    outcome = Outcome.LEFT  # unless it comes to an end here
    asked_by = logs.field("op_id")  # unknown where the sweep found it
    of_it: dict[str, Any] = {"breakdown_id": str(attempt.breakdown_id), "attempt": attempt.number}
    with (
        logs.bound(**of_it),
        tracing.span("breakdown", begins=[UUID(asked_by)] if asked_by else (), op_id=asked_by, **of_it),
    ):
        if attempt.tries > 1:
            metrics.RETRIED.labels(metrics.BREAKDOWN).inc()
        try:
            outcome = await _carried_out(attempt, planners, run)
        finally:
            took_s = time.monotonic() - begun_at
            metrics.DURATION.labels(metrics.BREAKDOWN).observe(took_s)
            metrics.count(outcome)
            logger.info(
                "The attempt %d at %s: %s, after %.1f s.",
                attempt.number,
                attempt.breakdown_id,
                outcome,
                took_s,
            )


async def _carried_out(attempt: Attempt, planners: Planners, run: Run) -> Outcome:
    making = asyncio.create_task(_make(attempt, planners, run), name=f"breakdown {attempt.breakdown_id}")
    living = asyncio.create_task(_stay_alive(attempt, run), name=f"lease {attempt.breakdown_id}")
    try:
        await asyncio.wait({making, living}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        is_cut_off = not making.done()
        making.cancel()
        living.cancel()
        await asyncio.wait({making, living})
    if is_cut_off:
        living.result()
        return Outcome.UNWANTED
    return making.result()


async def _stay_alive(attempt: Attempt, run: Run) -> None:
    """Extend the lease until the attempt is not wanted any more."""
    while True:
        await asyncio.sleep(SIGN_OF_LIFE_S)
        try:
            if not await run(attempts.extend, attempt):
                return
        except (OperationalError, InterfaceError) as error:
            logger.warning("A lease could not be extended, and is tried again: %s", error)


async def _make(attempt: Attempt, planners: Planners, run: Run) -> Outcome:
    try:
        async with asyncio.timeout(MOST_S):
            return await _plan(attempt, planners, run)
    except PlannerError as error:
        return await _fail(attempt, error, run)
    except TimeoutError:
        return await _fail(attempt, PlannerTimeout("The attempt's time was up."), run)
    except (OperationalError, InterfaceError) as error:
        # The database is away. The lease runs out, and whoever takes it up begins afresh.
        logger.warning("The attempt %d at %s ended: %s", attempt.number, attempt.breakdown_id, error)
        return Outcome.LEFT
    except Exception:
        logger.exception("The attempt %d at %s failed.", attempt.number, attempt.breakdown_id)
        return await _fail(attempt, PlanNotMade("A fault of our own; it was logged."), run)


async def _fail(attempt: Attempt, error: PlannerError, run: Run) -> Outcome:
    return Outcome.FAILED if await run(attempts.fail, attempt, error) else Outcome.UNWANTED


async def _plan(attempt: Attempt, planners: Planners, run: Run) -> Outcome:
    planner, is_made = planners.named(attempt.planner), False
    async with aclosing(planner.plan(attempt.brief)) as coming:
        async for item in coming:
            write = attempts.finish if isinstance(item, Plan) else attempts.add_step
            if not await run(write, attempt, item):
                return Outcome.UNWANTED
            is_made = isinstance(item, Plan)
    if not is_made:
        raise PlanNotMade("The planner ended without a plan.")
    return Outcome.SUCCEEDED
