"""What is held against an installation's settings: Django's system checks with ids of ours.

Faults (E) stop every command and every server, before anybody can come in. Advice (W) is given by
`manage.py check --deploy`: it weighs what only the operator can know.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final
from urllib.parse import urlsplit

from allauth.core.internal.ratelimit import parse_rates
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register  # noqa: A004 (Django's name for it)
from django.core.exceptions import ImproperlyConfigured

from taskengine.env import is_loopback
from taskengine.rates import Rate

TAG: Final = "taskengine"
_FEWEST_LETTERS: Final = 12  # different ones, of a key that was made by chance and not by hand
# Keys that stand where everybody can read them.
_KNOWN_KEYS: Final = ("django-insecure-", "for-the-type-checker", "tests only", "change")
_SHORTEST_TOKEN: Final = 24
_EVERY_ATTEMPT: Final = (
    "login",
    "login_failed",
    "login_unfamiliar",
    "reauthenticate",
    "reset_password",
    "signup",
)


def refuse_faults() -> None:
    """Stop a process that no command starts, a server or a worker, where its settings would do harm.

    Raises:
        ImproperlyConfigured: They would; with all that is at fault.
    """
    if found := list(_faults()):
        raise ImproperlyConfigured(
            "\n".join(f"({fault.id}) {fault.msg} {fault.hint or ''}".rstrip() for fault in found)
        )


@register(TAG)
def faults(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Return what would do harm."""
    return list(_faults())


@register(TAG, deploy=True)
def advice(app_configs: Any, **_: Any) -> list[CheckMessage]:
    """Return what is unwise where people come from elsewhere than this machine."""
    return list(_advice()) if settings.PUBLIC else []


def _faults() -> Iterator[CheckMessage]:
    if settings.PUBLIC and settings.DEBUG:
        yield Error(
            "DJANGO_DEBUG=1 shows settings and code to whoever causes an error.",
            hint="Set DJANGO_DEBUG=0, or name this machine alone in PUBLIC_URL, ALLOWED_HOSTS and TRUSTED_ORIGINS.",
            id="taskengine.E001",
        )
    if settings.PUBLIC and _is_known(settings.SECRET_KEY):
        yield Error(
            "SECRET_KEY is one that others know or can guess: they could sign in as anybody.",
            hint="Make one with: python -c 'import secrets; print(secrets.token_urlsafe(48))'",
            id="taskengine.E002",
        )
    if "*" in settings.ALLOWED_HOSTS:
        yield Error(
            "ALLOWED_HOSTS=* answers under any name, so another site's page can reach this server by its own.",
            hint="Name the hosts, or set none: PUBLIC_URL's is one already.",
            id="taskengine.E003",
        )
    if wild := [each for each in settings.CSRF_TRUSTED_ORIGINS if _is_wild(each)]:
        yield Error(
            f"TRUSTED_ORIGINS has {', '.join(wild)}, which lets pages of strangers write in people's names.",
            hint="Name each origin, such as https://app.example.org or https://*.example.org.",
            id="taskengine.E004",
        )
    if any(network.prefixlen == 0 for network in settings.TRUSTED_PROXIES.networks):
        yield Error(
            "TRUSTED_PROXIES believes everybody: whoever comes could say who they are.",
            hint="Name the proxies' own addresses or network.",
            id="taskengine.E005",
        )
    for what in _ill_written():
        yield Error(what, hint="Write it so, or unset it; empty is no limit.", id="taskengine.E006")


def _advice() -> Iterator[CheckMessage]:
    redis = urlsplit(settings.REDIS_URL)
    if redis.hostname and not is_loopback(redis.hostname) and not redis.password:
        yield Warning(
            "REDIS_URL has no password: whoever reaches that machine can ring, count and queue as they like.",
            hint="Set one (requirepass), and write redis://:password@host:6379/0; rediss:// over foreign networks.",
            id="taskengine.W001",
        )
    if not settings.HTTPS:
        yield Warning(
            "PUBLIC_URL is http: passwords and cookies go over the network for all to read.",
            hint="End TLS at a proxy or at the server, and write https:// in PUBLIC_URL.",
            id="taskengine.W002",
        )
    elif not settings.TRUSTED_PROXIES and not settings.SECURE_SSL_REDIRECT:
        yield Warning(
            "PUBLIC_URL is https, but no proxy is trusted: behind one, all people count as one address.",
            hint="Name it in TRUSTED_PROXIES; where this server ends TLS itself, set HTTPS_REDIRECT=1.",
            id="taskengine.W003",
        )
    if settings.EMAIL_BACKEND.endswith("console.EmailBackend"):
        yield Warning(
            "EMAIL_URL is not set: links that set a new password are written into the log, and reach nobody.",
            hint="Set EMAIL_URL=smtp+tls://user:password@host:587.",
            id="taskengine.W004",
        )
    if settings.METRICS_TOKEN and len(settings.METRICS_TOKEN) < _SHORTEST_TOKEN:
        yield Warning(
            f"METRICS_TOKEN is shorter than {_SHORTEST_TOKEN} characters, and may be guessed at without a limit.",
            hint="Make one with: python -c 'import secrets; print(secrets.token_urlsafe(24))'",
            id="taskengine.W005",
        )
    limits = {**settings.ACCOUNT_RATE_LIMITS, "login_unfamiliar": settings.RATE_LIMIT_LOGIN_UNFAMILIAR}
    if off := [name for name in _EVERY_ATTEMPT if not limits.get(name)]:
        yield Warning(
            f"Nobody counts these: {', '.join(off)}. Passwords can be tried without end.",
            hint="Unset RATE_LIMIT_" + ", RATE_LIMIT_".join(name.upper() for name in off) + ".",
            id="taskengine.W006",
        )


def _ill_written() -> Iterator[str]:
    """Yield which limits can't be read. Else the first request that one counts would say so, and each after it."""
    throttles: Any = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    ours = {
        **{name.upper(): text for name, text in throttles.items()},
        "HANDSHAKE": settings.RATE_LIMIT_HANDSHAKE,
        "LETTER": settings.RATE_LIMIT_LETTER,
        "LOGIN_UNFAMILIAR": settings.RATE_LIMIT_LOGIN_UNFAMILIAR,
    }
    for name, text in ours.items():
        try:
            Rate.parse(text, name=name)
        except ImproperlyConfigured as error:
            yield str(error)
    for name, text in settings.ACCOUNT_RATE_LIMITS.items():
        default = settings.ACCOUNT_RATE_LIMITS_WHERE_NONE_ARE_SET[name]
        # By whom it may be counted: by the network always, by more where allauth says who it is.
        known = {"ip", *(rate.per for rate in parse_rates(default))}
        try:
            is_well = {rate.per for rate in parse_rates(text)} <= known
        except ValueError:
            is_well = False
        if not is_well:
            yield (
                f"RATE_LIMIT_{name.upper()} is {text!r}, but is written like {default}: s, m, h or d, and after them"
                f" {' or '.join(sorted(known))}."
            )


def _is_known(key: str) -> bool:
    return len(set(key)) < _FEWEST_LETTERS or _begins(key.lower(), _KNOWN_KEYS)


def _begins(text: str, words: Iterable[str]) -> bool:
    return any(text.startswith(word) for word in words)


def _is_wild(origin: str) -> bool:
    """Whether an origin with a wildcard takes in the names of people who have nothing to do with each other."""
    host = origin.partition("://")[2].partition(":")[0]
    return "*" in host and host.removeprefix("*.").count(".") < 1
