"""How much of the machine's memory the embedded PostgreSQL keeps its pages in."""

import os
from typing import Final

_MIB: Final = 1024 * 1024
# PostgreSQL's own default, which is for a machine of any size; and what a million tasks take with their indexes. A page
# that is not kept there is fetched from the system's cache: fifty tasks of one person lie on as many pages.
LEAST_MIB: Final = 128
MOST_MIB: Final = 1024
_PARTS: Final = 4  # PostgreSQL's manual: a quarter is a reasonable beginning (section 19.4)


def shared_buffers(memory_bytes: int | None = None) -> str:
    """Return PostgreSQL's setting: a quarter of the machine's memory, within bounds.

    It is taken from the system as it fills, so a small database takes little.

    Args:
        memory_bytes: What the machine has; None to ask it.
    """
    memory = _memory_bytes() if memory_bytes is None else memory_bytes
    return f"{min(max(memory // _PARTS // _MIB, LEAST_MIB), MOST_MIB)}MB"


def _memory_bytes() -> int:
    """Return the machine's memory; 0 where it does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # none of them is everywhere
        return 0
