"""What the domain refuses to do. Each error is a class with a stable code; HTTP is chosen elsewhere."""

from typing import ClassVar


class DomainError(Exception):
    """Something that was asked for can't be done. A subclass's docstring is its message.

    Attributes:
        code: A name for programs, which never changes.
        pointer: The field that is at fault, as a JSON pointer; empty when it is none.
    """

    code: ClassVar[str] = "refused"
    pointer: str = ""

    def __init__(self, detail: str | None = None, *, pointer: str | None = None) -> None:
        self.detail = detail or (type(self).__doc__ or "").strip().partition("\n")[0]
        if pointer is not None:
            self.pointer = pointer
        super().__init__(self.detail)
