"""How the words of a language become one regular expression that finds them as whole words in a line."""

import re
from typing import Final

# After a letter, a digit, a slash or a sign nothing begins, and before one nothing ends: neither "5pmx", nor the
# digits of a version or an address, nor "friday's".
_BEGIN: Final = r"(?<![^\s(,;])"
_END: Final = r"(?=[\s),;]|[.!?:]*(?:\s|$))"
_GAP: Final = r"(?:\\s{1,3})"


def whole(source: str) -> re.Pattern[str]:
    """Compile what is to be found as whole words; `~` in it is a gap between two."""
    return re.compile(f"{_BEGIN}(?:{gaps(source)}){_END}", re.IGNORECASE)


def gaps(source: str) -> str:
    """Write out the gaps."""
    return re.sub("~", _GAP, source)


def one_of(*sources: str) -> str:
    """Return an alternative of those that are not empty; one that finds nothing where all are."""
    given = [source for source in sources if source]
    return f"(?:{'|'.join(given)})" if given else r"(?!)"
