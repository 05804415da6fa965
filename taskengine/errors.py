"""What the domain refuses to do. Each error is a class with a stable code; HTTP is chosen elsewhere."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """One thing that is at fault: `errors` of a problem document.

    Attributes:
        pointer: Where, as a JSON pointer.
        code: A name for programs, which never changes.
        detail: A sentence for people.
    """

    pointer: str
    code: str
    detail: str


class DomainError(Exception):
    """Something that was asked for can't be done. A subclass's docstring is its message.

    Attributes:
        code: A name for programs, which never changes.
        pointer: The field that is at fault, as a JSON pointer; empty when it is none.
        retry_after_s: In how many seconds it may be done; None where waiting is no use.
    """

    code: ClassVar[str] = "refused"
    pointer: str = ""
    retry_after_s: float | None = None

    def __init__(self, detail: str | None = None, *, pointer: str | None = None) -> None:
        self.detail = detail or (type(self).__doc__ or "").strip().partition("\n")[0]
        if pointer is not None:
            self.pointer = pointer
        super().__init__(self.detail)

    @property
    def faults(self) -> Sequence[Fault]:
        """What is at fault, each by itself."""
        return [Fault(pointer=self.pointer, code=self.code, detail=self.detail)] if self.pointer else []

    @property
    def members(self) -> Mapping[str, Any]:
        """What the problem document says besides (RFC 9457, section 3.2)."""
        return {}
