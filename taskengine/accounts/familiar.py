"""Where a person usually logs in from, and what that is good for.

Whoever knows an e-mail address can guess at its password from a thousand others. A limit on the guesses at one
account stops that, but would keep its owner out too. So such a limit counts strangers only: attempts from networks
that nobody has logged in to the account from. Its owner, at home, is never asked to wait for what was done elsewhere.
"""

from datetime import timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.utils.crypto import salted_hmac

from taskengine import cache, clock
from taskengine.accounts import limits
from taskengine.accounts.addresses import address_of, network_of
from taskengine.accounts.models import FamiliarAddress, User
from taskengine.rates import Rate

KEPT: Final = timedelta(days=90)  # since the last log-in from there
_SALT: Final = "taskengine.accounts.familiar"


def note(*, user: User, request: HttpRequest) -> None:
    """Remember that a person logged in from where a request comes from."""
    FamiliarAddress.objects.bulk_create(
        [FamiliarAddress(user=user, digest=_digest(user.pk, request), last_used_at=clock.now())],
        update_conflicts=True,
        unique_fields=["user", "digest"],
        update_fields=["last_used_at"],
    )


def may_try(*, email: str, request: HttpRequest) -> bool:
    """Count an attempt to log in to an account, and say whether it may go on.

    `RATE_LIMIT_LOGIN_UNFAMILIAR` of them may come from strangers, all together. An address that has no account is
    counted like one that has, so that nobody learns which it is.
    """
    rate = Rate.parse(settings.RATE_LIMIT_LOGIN_UNFAMILIAR, name="LOGIN_UNFAMILIAR")
    if rate is None or _is_familiar(email, request):
        return True
    key = sha256(email.encode("utf-8", "surrogatepass")).hexdigest()
    window = cache.hit(f"unfamiliar:{key}", window_s=rate.period_s)
    if window.count <= rate.limit:
        return True
    limits.note(
        request,
        name="login_unfamiliar",
        quota=rate.limit,
        window_s=rate.period_s,
        left_s=window.left_s,
    )
    return False


def _is_familiar(email: str, request: HttpRequest) -> bool:
    # A further address of theirs counts once it is verified: anybody can claim one that is not.
    theirs = Q(email=email) | Q(emailaddress__email=email, emailaddress__verified=True)
    found = list(User.objects.filter(theirs).values_list("pk", flat=True).distinct())
    return FamiliarAddress.objects.filter(
        user_id__in=found,
        digest__in=[_digest(user_id, request) for user_id in found],
        last_used_at__gt=clock.now() - KEPT,
    ).exists()


def _digest(user_id: UUID, request: HttpRequest) -> bytes:
    where = network_of(address_of(request))
    return salted_hmac(_SALT, f"{user_id} {where}", algorithm="sha256").digest()
