"""What the rules on accounts refuse."""

from typing import ClassVar

from taskengine.errors import DomainError


class WrongPassword(DomainError):
    """The password is not right."""

    code: ClassVar[str] = "wrong_password"
    pointer = "/password"


class InvalidTimeZone(DomainError):
    """This is not the name of an IANA time zone."""

    code: ClassVar[str] = "invalid_time_zone"
    pointer = "/time_zone"


class TooManyGuests(DomainError):
    """The demo is full for now. Guests leave after a day; or sign up instead."""

    code: ClassVar[str] = "too_many_guests"
