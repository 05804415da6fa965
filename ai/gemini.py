"""The planner that asks Google's Gemini."""

import asyncio
import logging
import secrets
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass, field
from typing import Final

from google import genai
from google.genai import types

from ai.breaker import FAILURES, REST_S, Breaker
from ai.errors import InvalidOutput, PlanBlocked, PlannerError, PlannerUnavailable
from ai.gemini_answer import Answer
from ai.gemini_call import Call, Timeouts
from ai.gemini_faults import CallFailed, Remedy
from ai.json_stream import ItemReader
from ai.plans import Brief, Plan, Step
from ai.prompt import first_request, schema, second_request

MODEL: Final = "gemini-3.8-flash"
FALLBACK_MODEL: Final = "gemini-3.5-flash-lite"

_log = logging.getLogger(__name__)
_chance = secrets.SystemRandom()


@dataclass(frozen=True, kw_only=True, slots=True)
class Patience:
    """How much is tried before giving up. No call is repeated once a step was handed over.

    Attributes:
        timeouts: How long calls may take.
        tries: How often one model is asked.
        backoff_s: What is waited before the second try, in seconds; twice as much before the third.
            A random half of it is left out, so that many clients don't come back at once.
        failures: How many failures in a row rest a model.
        rest_s: For how long, in seconds.
    """

    timeouts: Timeouts = field(default_factory=Timeouts)
    tries: int = 2
    backoff_s: float = 0.5
    failures: int = FAILURES
    rest_s: float = REST_S


class GeminiPlanner:
    """Asks a Gemini model, and another one where that fails.

    It remembers which models fail, so make one and keep it. Close it before its event loop ends.

    Args:
        api_key: The key of Google's API.
        base_url: Where the API is; None is Google's.
        model: The model that is asked first.
        fallback_model: The one that is asked when the first fails; None for none.
        patience: How much is tried.
        clock: Seconds that never go back; the breakers' clock.
    """

    name: Final = "gemini"

    def __init__(
        self,
        *,
        api_key: str,
        base_url: str | None = None,
        model: str = MODEL,
        fallback_model: str | None = FALLBACK_MODEL,
        patience: Patience | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.model = model
        self._patience = patience or Patience()
        models = dict.fromkeys([model, fallback_model or model])
        self._breakers = {
            name: Breaker(clock=clock, failures=self._patience.failures, rest_s=self._patience.rest_s)
            for name in models
        }
        self._last_errors: dict[str, PlannerError] = {}
        self._api_key = api_key
        self._base_url = base_url
        self._client: genai.Client | None = None

    async def aclose(self) -> None:
        """Close the connections. A later plan opens new ones, so that it may run in another event loop."""
        client, self._client = self._client, None
        if client is not None:
            await client.aio.aclose()
            client.close()

    def _connected(self) -> genai.Client:
        if self._client is None:
            # Said in full, so that no variable of the environment makes it another service; and no
            # redirect takes the key elsewhere.
            options = types.HttpOptions(
                base_url=self._base_url, async_client_args={"follow_redirects": False}
            )
            self._client = genai.Client(vertexai=False, api_key=self._api_key, http_options=options)
        return self._client

    async def plan(self, brief: Brief) -> AsyncGenerator[Step | Plan]:
        """See `ai.plans.Planner`.

        Raises:
            PlannerError: As there; its `usage` says what was spent until then.
        """
        answer = Answer(brief, model=self.model)
        until = time.monotonic() + self._patience.timeouts.whole_s
        try:
            async with aclosing(self._steps(answer, until)) as steps:
                async for step in steps:
                    yield step
            yield answer.plan(planner=self.name)
        except PlannerError as error:
            error.usage = answer.usage
            _log.warning(
                "Gemini made no plan: %s", error.reason, extra={"code": error.code, "model": answer.model}
            )
            raise

    async def _steps(self, answer: Answer, until: float) -> AsyncGenerator[Step]:
        """Yield the steps of the first answer, and of a second one where the first was no whole plan."""
        request = first_request(answer.brief, language=answer.language)
        async with aclosing(self._first_answer(answer, request, until)) as steps:
            async for step in steps:
                yield step
        if answer.is_whole():
            return
        fault = answer.fault
        request = second_request(
            answer.brief,
            language=answer.language,
            accepted=answer.steps,
            complaints=answer.complaints,
            missing=answer.missing,
        )
        answer.fault = None
        answer.note("asked_again", "The first answer was no whole plan, so the model was asked once more.")
        try:
            async with aclosing(self._one_call(answer, request, until)) as steps:
                async for step in steps:
                    yield step
        except CallFailed as failure:
            # What the first answer lacked is what went wrong; where it only had too few steps, they will do.
            answer.fault = fault if fault or answer.steps else failure.error

    async def _first_answer(self, answer: Answer, request: str, until: float) -> AsyncGenerator[Step]:
        """Yield the steps of the first answer that one of the models gives.

        Raises:
            PlannerError: None of them gave one; it is what went wrong first.
        """
        error: PlannerError | None = None
        for model, breaker in self._breakers.items():
            for number in range(self._patience.tries):
                if number and not await self._back_off(number, until):
                    break
                if not breaker.allows():
                    error = error or self._resting(model)
                    break
                answer.model = model
                try:
                    async with aclosing(self._one_call(answer, request, until)) as steps:
                        async for step in steps:
                            yield step
                except CallFailed as failure:
                    _log.info("A call to Gemini failed: %s", failure, extra={"model": model})
                    error = error or failure.error
                    if failure.remedy is Remedy.OTHER_MODEL and not answer.steps:
                        break
                    if failure.remedy is not Remedy.AGAIN or answer.steps:
                        raise failure.error from failure
                else:
                    if model != self.model:
                        answer.note("fallback_model", f"{self.model} did not answer; {model} did.")
                    return
        raise error or PlannerUnavailable("There was no time to ask.")

    async def _one_call(self, answer: Answer, request: str, until: float) -> AsyncGenerator[Step]:
        """Yield the steps of one call that pass the gates, each when its last character has come.

        Raises:
            CallFailed: As `Call.texts`, unless a second call may mend it.
        """
        model, breaker = answer.model, self._breakers[answer.model]
        call = Call(
            self._connected(),
            model=model,
            request=request,
            schema=schema(answer.brief),
            timeouts=self._patience.timeouts,
            until=until,
        )
        reader = ItemReader("steps")
        try:
            async with aclosing(call.texts()) as texts:
                async for text in texts:
                    for raw in reader.feed(text):
                        if step := answer.add(raw):
                            yield step
                    if reader.broken:
                        break
            breaker.succeeded()
            answer.read(reader)
        except CallFailed as failure:
            if failure.is_outage:
                self._last_errors[model] = failure.error
                breaker.failed(wait_s=failure.error.retry_after_s)
            else:
                breaker.succeeded()
            if (reader.complete or answer.is_full) and not isinstance(failure.error, PlanBlocked):
                answer.read(reader)  # whatever it was, it came after the last bracket, or the last step
            elif failure.remedy is Remedy.SECOND_CALL and (
                answer.steps or isinstance(failure.error, InvalidOutput)
            ):
                answer.fault = failure.error
            else:
                raise
        finally:
            answer.usage += call.usage

    async def _back_off(self, number: int, until: float) -> bool:
        """Wait before another try; False where the plan's time would be up by then."""
        wait_s = self._patience.backoff_s * 2 ** (number - 1) * _chance.uniform(0.5, 1.0)
        if time.monotonic() + wait_s >= until:
            return False
        await asyncio.sleep(wait_s)
        return True

    def _resting(self, model: str) -> PlannerError:
        """Return why a model is left alone: what went wrong with it last, with what is left to wait."""
        last = self._last_errors.get(model)
        kind = type(last) if last else PlannerUnavailable
        return kind(f"{model} rests after failures.", retry_after_s=self._breakers[model].wait_s())
