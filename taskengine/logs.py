"""What a line of the log is: a sentence, and fields that say whose request, operation or job it is of.

Everybody logs by Python's `logging`; structlog writes the lines, as JSON or as text. What is bound here goes
with each line of the same request or job, whoever writes it: it lives in context variables, and each request,
each job and each thread has a context of its own.
"""

import logging
import re
from collections.abc import Iterator, Mapping, MutableMapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Final

import orjson
import structlog
from structlog.contextvars import (
    bind_contextvars,
    bound_contextvars,
    get_contextvars,
    merge_contextvars,
    reset_contextvars,
)

Entry = MutableMapping[str, Any]

HIDDEN: Final = "[hidden]"
_SHORTEST_SECRET: Final = 8  # a shorter one would hide half of all words
# What proves who somebody is, wherever it gets into a line: passwords in addresses, bearer tokens of each kind,
# cookies, keys of links in mail.
_PROOFS: Final = re.compile(
    r"(?P<before>://[^/\s:@]*:)[^/\s@]+(?=@)"
    r"|(?P<scheme>\bBearer\s+)[^\s'\"]+"
    r"|(?P<cookie>\b(?:sessionid|csrftoken)=)[^;\s'\"]+"
    r"|(?P<word>\b(?:password|passwd|secret|api_?key|access_token|refresh_token|session_token)['\"]?\s*[=:]\s*)"
    r"(?:'[^']*'|\"[^\"]*\"|[^\s'\",}]+)"
    r"|(?P<link>/account/(?:verify-email|password/reset/key|password/reset)/)[^\s'\"/?]+"
    r"|\beyJ[\w-]+\.[\w-]+\.[\w-]*"
    r"|\bte_[0-9A-Za-z]{20,}",
    re.IGNORECASE,
)

bind: Final = bind_contextvars
bound: Final = bound_contextvars
# structlog makes the variables when they are first bound, and two threads that do so at once would each make them.
with bound(request_id=None, user_id=None, op_id=None):
    pass


def field(name: str) -> str | None:
    """Return what is bound here under a name."""
    value = get_contextvars().get(name)
    return None if value is None else str(value)


@contextmanager
def of_operation(op_id: str) -> Iterator[None]:
    """Bind an operation's id until it has ended well. One that fails is still to be reported, by who began it."""
    former = bind(op_id=op_id)
    yield
    reset_contextvars(**former)


@contextmanager
def of_request(request_id: str) -> Iterator[None]:
    """Bind a request's id for as long as it is answered, and forget all that was bound meanwhile."""
    former = bind(request_id=request_id, user_id=None, op_id=None)
    try:
        yield
    finally:
        reset_contextvars(**former)


class Hiding:
    """Takes secrets out of a line that is about to be written.

    Args:
        secrets: Those of this installation, wherever they stand; and what looks like a proof of any kind.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        known = sorted({each for each in secrets if len(each) >= _SHORTEST_SECRET}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    def __call__(self, line: str) -> str:
        """Return the line without them."""
        if self._known is not None:
            line = self._known.sub(HIDDEN, line)
        return _PROOFS.sub(_hidden, line)


def _hidden(match: "re.Match[str]") -> str:
    return next((kept for kept in match.groups() if kept), "") + HIDDEN


def formatter(*, style: str, secrets: Sequence[str] = ()) -> logging.Formatter:
    """Return what writes lines, for `LOGGING`.

    Args:
        style: `json`, one object a line, or `text`, for people.
        secrets: What must never stand in one.
    """
    render = {"json": _json, "text": _text}[style]
    hide = Hiding(secrets)

    def rendered(_logger: Any, _method: str, entry: Entry) -> str:
        # Before it is written as JSON, whose escapes would hide what is looked for.
        return render(
            {name: hide(value) if isinstance(value, str) else value for name, value in entry.items()}
        )

    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            _of_the_request,
            merge_contextvars,
            structlog.stdlib.add_logger_name,
            structlog.stdlib.add_log_level,
        ],
        processors=[
            _with_time,
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            rendered,
        ],
    )


def configuration(*, style: str, level: str, secrets: Sequence[str]) -> Mapping[str, Any]:
    """Return Django's `LOGGING`.

    Args:
        style: As of `formatter`.
        level: From which on lines are written.
        secrets: As of `formatter`.
    """
    console: Mapping[str, Any] = {"handlers": ["console"], "propagate": False}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": formatter, "style": style, "secrets": secrets}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django.server": console,
            # A refused request is the client's fault, and `api.refusals` writes one line of it.
            "django.request": {"level": "ERROR"},
            # Each call of a planner is one of ours already.
            "httpx2": {"level": "WARNING"},
            # uvicorn writes in a manner of its own otherwise.
            "uvicorn": console,
            "uvicorn.access": console,
        },
    }


def _of_the_request(_logger: Any, _method: str, entry: Entry) -> Entry:
    """Add the request's id to a line that Django wrote about a request which is over."""
    record: logging.LogRecord = entry["_record"]
    name = getattr(getattr(record, "request", None), "request_id", None)
    if name is not None:
        entry.setdefault("request_id", name)
    return entry


def _with_time(_logger: Any, _method: str, entry: Entry) -> Entry:
    """Add when it was logged, which is not when it is written."""
    record: logging.LogRecord = entry["_record"]
    entry["timestamp"] = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
    return entry


def _fields(entry: Entry) -> dict[str, Any]:
    return {name: value for name, value in entry.items() if value is not None and name not in _FIRST}


_FIRST: Final = ("timestamp", "level", "logger", "event", "exception")


def _json(entry: Entry) -> str:
    first = {name: entry[name] for name in _FIRST if entry.get(name) is not None}
    return orjson.dumps({**first, **_fields(entry)}, default=str).decode()


def _text(entry: Entry) -> str:
    event = str(entry["event"])
    more = [f"{name}={value}" for name, value in _fields(entry).items() if f"{name}=" not in event]
    line = " ".join(
        [str(entry["timestamp"]), str(entry["level"]).upper(), f"{entry['logger']}:", event, *more]
    )
    return f"{line}\n{entry['exception']}" if entry.get("exception") else line
