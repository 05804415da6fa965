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


class LogInEnded(DomainError):
    """Your log-in has ended meanwhile. Log in again."""

    code: ClassVar[str] = "login_ended"


class PersonalTokenNotFound(DomainError):
    """There is no such personal access token."""

    code: ClassVar[str] = "token_not_found"


class TooManyPersonalTokens(DomainError):
    """You have as many personal access tokens as one may have. Revoke one first."""

    code: ClassVar[str] = "too_many_tokens"


class ExpiryPassed(DomainError):
    """A token can't expire before it is made."""

    code: ClassVar[str] = "expiry_passed"
    pointer = "/expires_at"


class EmailTaken(DomainError):
    """Somebody has this address already."""

    code: ClassVar[str] = "email_taken"
    pointer = "/email"


class PersonNotFound(DomainError):
    """There is no such account."""

    code: ClassVar[str] = "user_not_found"


class StaffOnly(DomainError):
    """Only staff may do this."""

    code: ClassVar[str] = "staff_only"


class SuperuserNeeded(DomainError):
    """Only a superuser may do this: it is about staff."""

    code: ClassVar[str] = "superuser_needed"


class LastStaff(DomainError):
    """This is the last active member of staff. Let somebody else be one first."""

    code: ClassVar[str] = "last_staff"


class OwnAccount(DomainError):
    """This is your own account. Delete it at /api/v1/users/me/, which asks for your password."""

    code: ClassVar[str] = "own_account"


class SessionNotFound(DomainError):
    """There is no such log-in."""

    code: ClassVar[str] = "session_not_found"
