"""Which verbs of the services a request carries out, seen from outside: nobody has to say it."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any


def name_of(verb: Callable[..., Any]) -> str:
    """Return what a verb is called here."""
    return f"{verb.__module__}.{verb.__qualname__}"


@contextmanager
def carried_out() -> Iterator[list[str]]:
    """Yield a list that fills with the verbs which this thread carries out, each by `name_of`.

    A verb is a function of a domain package, not of the API's, that is public and takes an `operation`. Those that
    it calls in turn are its own business.
    """
    found: list[str] = []
    outermost: FrameType | None = None

    def look(frame: FrameType, event: str, _: object) -> None:
        nonlocal outermost
        if event == "call" and outermost is None and _is_verb(frame):
            outermost = frame
            found.append(f"{frame.f_globals['__name__']}.{frame.f_code.co_qualname}")
        elif event == "return" and frame is outermost:
            outermost = None

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield found
    finally:
        sys.setprofile(before)


def _is_verb(frame: FrameType) -> bool:
    code, module = frame.f_code, frame.f_globals.get("__name__", "")
    takes = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    return (
        "operation" in takes
        and code.co_qualname == code.co_name  # of a module, and no method
        and not code.co_name.startswith("_")
        and module.startswith("taskengine.")
        and not module.startswith("taskengine.api.")
    )
