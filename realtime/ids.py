"""Names for what there is: they have to differ, and are no secret."""

import random
import uuid


def new_id() -> uuid.UUID:
    """Return a UUID of version 4 that nobody else makes.

    `uuid.uuid4` asks the operating system, for which a thread lets the interpreter go and has to have it again: in a
    write that makes three of them it is most of what they cost. Python's own source of chance has begun with 20,000
    bits of the operating system's, anew in each process. What must not be guessed is made by `secrets`.
    """
    return uuid.UUID(int=random.getrandbits(128), version=4)
