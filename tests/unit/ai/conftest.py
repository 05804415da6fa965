"""What the planners' tests share. None of them needs a database, or a network beyond the loopback."""

import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack

import httpx2
import pytest

from ai.gemini import GeminiPlanner, Patience
from ai.gemini_call import Timeouts
from tests.support.gemini import FakeGemini

# Long enough for the SDK's first call, which builds its models, on a busy machine.
UNHURRIED = Patience(
    timeouts=Timeouts(first_chunk_s=10, next_chunk_s=10, whole_s=20), tries=2, backoff_s=0.01, failures=100
)


@pytest.fixture(scope="session", autouse=True)
def _one_tls_context() -> Iterator[None]:
    """Read the system's certificates once: for each planner anew it takes longer than most of these tests."""
    context = httpx2.create_ssl_context()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx2, "create_ssl_context", lambda *_args, **_kwargs: context)
        patch.setattr(ssl, "create_default_context", lambda *_args, **_kwargs: context)
        yield


@pytest.fixture
def gemini(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGemini]:
    """A fake Gemini, reached without whatever proxy the developer has."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with FakeGemini() as server:
        yield server


@pytest.fixture
async def planner_for(gemini: FakeGemini) -> AsyncIterator[Callable[..., GeminiPlanner]]:
    """Make planners that ask the fake Gemini, with any argument of `GeminiPlanner`."""
    async with AsyncExitStack() as stack:

        def make(**arguments: object) -> GeminiPlanner:
            defaults = {"api_key": "test-key", "base_url": gemini.url, "patience": UNHURRIED}
            planner = GeminiPlanner(**{**defaults, **arguments})  # type: ignore[arg-type] # any of them
            stack.push_async_callback(planner.aclose)
            return planner

        yield make


@pytest.fixture
def planner(planner_for: Callable[..., GeminiPlanner]) -> GeminiPlanner:
    """A planner that asks the fake Gemini."""
    return planner_for()
