"""Names for what there is, which nobody can guess: clients choose ids too, and could take one that is to come."""

import os
import uuid
from typing import Final

_BYTES: Final = 16
_AT_ONCE: Final = 256
_chance: Final[list[bytes]] = []  # of which taking needs no lock


def new_id() -> uuid.UUID:
    """Return a UUID of version 4.

    `uuid.uuid4` asks the operating system for each, for which a thread lets the interpreter go and has to have it
    again: in a write that makes three of them it is most of what they cost. So it is asked for many at once.
    """
    try:
        mine = _chance.pop()
    except IndexError:
        block = os.urandom(_BYTES * _AT_ONCE)
        mine, *rest = (block[at : at + _BYTES] for at in range(0, len(block), _BYTES))
        _chance.extend(rest)
    return uuid.UUID(bytes=mine, version=4)


# A child would make the ids that its parent makes.
os.register_at_fork(after_in_child=_chance.clear)
