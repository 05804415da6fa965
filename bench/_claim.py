"""The engine's own statements, timed: the one place of the bench that knows functions of the product.

They run in a process of their own that has Django, on the engine's kind of connection. No engine may
run beside it, which would take what is put there for it.
"""

import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Final, ParamSpec, TypeVar

from bench import _database
from bench._figures import prefixed
from bench._process import PYTHON, ROOT
from bench._servers import environment

P = ParamSpec("P")
T = TypeVar("T")

_WARM_UP: Final = 5
_DUE_IN_PLAN: Final = 3
_LIMIT: Final = 10_000  # tasks in a look, as in the engine
_AHEAD: Final = timedelta(seconds=1)  # how far it looks
_SETTLED_AFTER: Final = timedelta(seconds=2)  # what most of its looks leave out


def timed(database_url: str, owner: str, *, times: int) -> dict[str, float]:
    """Draft and claim one due task of an owner, commit included, and then look when nothing is due.

    Returns:
        The medians over so many times, and the first look of a new connection, in milliseconds. A look
        is over everything, or leaves out what is settled, as most of the engine's do. And what the plans
        of look and claim touch for three due tasks: rows of any one step, and pages of all.

    Raises:
        subprocess.CalledProcessError: A plan touches more rows than are due, among other things.
    """
    command = [PYTHON, "-m", "bench._claim", owner, str(times)]
    done = subprocess.run(
        command, env=environment(database_url), cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def _main(owner: str, times: int) -> None:
    import django  # only in the child: the measurement itself has no settings

    django.setup()
    from django.db import DEFAULT_DB_ALIAS, connections

    from bench._plans import touched
    from taskengine.tasks import claims, services

    connections[DEFAULT_DB_ALIAS] = connections.create_connection("engine")
    connections[DEFAULT_DB_ALIAS].ensure_connection()
    url = os.environ["DATABASE_URL"]
    took: dict[str, list[float]] = {}

    def timing(name: str, act: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        begun_at = time.perf_counter()
        result = act(*args, **kwargs)
        took.setdefault(name, []).append((time.perf_counter() - begun_at) * 1000)
        return result

    look = partial(claims.look, ahead=_AHEAD, limit=_LIMIT)
    assert not timing("first_look_ms", look).coming, "something was due already"
    _database.add_due(url, [owner], each=_DUE_IN_PLAN, at=time.time() - 0.001)
    misses = services.draft_misses([due.id for due in look().coming])
    assert len(misses) == _DUE_IN_PLAN, "the look has not found them"
    plans = {
        **prefixed("look", touched(look, prepare=look, rows_at_most=_DUE_IN_PLAN)),
        **prefixed(
            "claim",
            touched(partial(claims.claim, misses), prepare=services.warm_up, rows_at_most=_DUE_IN_PLAN),
        ),
    }
    assert len(claims.claim(misses).told) == _DUE_IN_PLAN, "explaining it has fired them"
    for _ in range(_WARM_UP + times):
        _database.add_due(url, [owner], each=1, at=time.time() - 0.001)
        (due,) = look().coming
        misses = timing("draft_of_one_ms", services.draft_misses, [due.id])
        claim = timing("claim_of_one_ms", claims.claim, misses)
        assert len(claim.told) == 1, f"{len(claim.told)} tasks were claimed"
        seen = timing("whole_look_ms", look)
        settled = seen.database_time - _SETTLED_AFTER
        timing("settled_look_ms", look, after=settled)
    medians = {
        name: statistics.median(values[_WARM_UP:] if len(values) > 1 else values)
        for name, values in took.items()
    }
    json.dump(medians | plans, sys.stdout)


if __name__ == "__main__":
    _main(sys.argv[1], int(sys.argv[2]))
