"""One call to one Gemini model: a request out, pieces of text in, each within its time."""

import asyncio
import time
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any, Final

from google import genai
from google.genai import types

from ai.errors import PlannerUnavailable
from ai.gemini_faults import CallFailed, Remedy, from_exception, has_finished, of_chunk
from ai.plans import Usage
from ai.prompt import RULES

MAX_OUTPUT_TOKENS: Final = 8_192

_Chunk = types.GenerateContentResponse


@dataclass(frozen=True, kw_only=True, slots=True)
class Timeouts:
    """How long a call may take, in seconds.

    Attributes:
        first_chunk_s: From the request until anything comes.
        next_chunk_s: From one chunk to the next.
        whole_s: All calls of one plan together, with their retries.
    """

    first_chunk_s: float = 20.0
    next_chunk_s: float = 15.0
    whole_s: float = 90.0


class Call:
    """One call. Iterate `texts` once; `usage` holds what it cost by then.

    Args:
        client: The SDK's client.
        model: The model's name.
        request: What is asked, in words.
        schema: The JSON Schema of the answer.
        timeouts: How long it may take.
        until: When the time of the whole plan is up, by `time.monotonic`.
    """

    def __init__(
        self,
        client: genai.Client,
        *,
        model: str,
        request: str,
        schema: dict[str, Any],
        timeouts: Timeouts,
        until: float,
    ) -> None:
        self.usage = Usage(calls=1)
        self._client = client
        self._model = model
        self._request = request
        self._schema = schema
        self._timeouts = timeouts
        self._until = until

    async def texts(self) -> AsyncGenerator[str]:
        """Yield the answer piece by piece. Closing the generator hangs up.

        Raises:
            CallFailed: It was blocked, cut off, refused, too slow, or the line broke.
        """
        chunks: asyncio.Queue[_Chunk | Exception | None] = asyncio.Queue()
        receiving = asyncio.create_task(self._receive(chunks))
        finished = False
        limit_s = self._timeouts.first_chunk_s
        try:
            while (chunk := await self._next(chunks, limit_s)) is not None:
                limit_s = self._timeouts.next_chunk_s
                self._count(chunk.usage_metadata)
                if text := _text(chunk):
                    yield text
                if failure := of_chunk(chunk):
                    raise failure
                finished = finished or has_finished(chunk)
        finally:
            # The SDK's generators do not close each other. Cancelled where they wait for the network
            # they do: from the inside out.
            receiving.cancel()
            await asyncio.wait([receiving])
        if not finished:
            raise CallFailed(PlannerUnavailable("The line ended before the answer did."), Remedy.AGAIN)

    async def _receive(self, chunks: "asyncio.Queue[_Chunk | Exception | None]") -> None:
        """Put every chunk of the answer in the queue, and at last None, or what went wrong."""
        try:
            stream = await self._client.aio.models.generate_content_stream(
                model=self._model,
                contents=self._request,
                config=types.GenerateContentConfig(
                    system_instruction=RULES,
                    response_mime_type="application/json",
                    response_json_schema=self._schema,
                    thinking_config=types.ThinkingConfig(thinking_level=types.ThinkingLevel.LOW),
                    max_output_tokens=MAX_OUTPUT_TOKENS,
                    automatic_continuation=False,
                    automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
                ),
            )
            async for chunk in stream:
                chunks.put_nowait(chunk)
        except Exception as error:  # noqa: BLE001 (at this border every error gets a name, whatever the SDK lets through)
            chunks.put_nowait(error)
        else:
            chunks.put_nowait(None)

    async def _next(
        self, chunks: "asyncio.Queue[_Chunk | Exception | None]", limit_s: float
    ) -> _Chunk | None:
        left_s = self._until - time.monotonic()
        try:
            async with asyncio.timeout(min(limit_s, left_s)):  # at once where nothing is left
                chunk = await chunks.get()
        except TimeoutError as error:
            raise from_exception(error) from error
        if isinstance(chunk, Exception):
            raise from_exception(chunk) from chunk
        return chunk

    def _count(self, usage: types.GenerateContentResponseUsageMetadata | None) -> None:
        """Keep what a call has cost: each chunk tells all of it up to there."""
        if usage is not None:
            self.usage = Usage(
                calls=1,
                prompt_tokens=usage.prompt_token_count or 0,
                output_tokens=usage.candidates_token_count or 0,
                thought_tokens=usage.thoughts_token_count or 0,
                total_tokens=usage.total_token_count or 0,
            )


def _text(chunk: _Chunk) -> str:
    """Return what a chunk adds to the answer; the model's thoughts are no part of it."""
    candidate = chunk.candidates[0] if chunk.candidates else None
    parts = candidate.content.parts if candidate and candidate.content else None
    return "".join(part.text for part in parts or () if part.text and not part.thought)
