"""How large a measurement is: a dataclass of sizes, each also an option on the command line."""

import argparse
import dataclasses
from typing import Any, TypeVar

T = TypeVar("T")


def read(about: str, *, full: T, quick: T) -> T:
    """Read the command line.

    Args:
        about: What is measured, for `--help`.
        full: The sizes unless others are given; a dataclass of numbers, tuples of numbers, and
            switches that are off.
        quick: The sizes with `--quick`.
    """
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that it works")
    fields = dataclasses.asdict(full)  # type: ignore[call-overload]  # T is a dataclass's instance
    for name, size in fields.items():
        several = isinstance(size, tuple)
        kind: dict[str, Any] = (
            {"action": "store_true"}
            if isinstance(size, bool)
            else {"type": type(size[0]) if several else type(size), "nargs": "*" if several else None}
        )
        words = f"{_words(size)}; with --quick {_words(getattr(quick, name))}"
        parser.add_argument(f"--{name.replace('_', '-')}", default=argparse.SUPPRESS, help=words, **kind)
    given: dict[str, Any] = vars(parser.parse_args())
    sizes = quick if given.pop("quick") else full
    given = {name: tuple(size) if isinstance(size, list) else size for name, size in given.items()}
    return dataclasses.replace(sizes, **given)  # type: ignore[type-var]  # as above


def _words(size: Any) -> str:
    return " ".join(map(str, size)) if isinstance(size, tuple) else str(size)
