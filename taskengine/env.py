"""The process environment, read in one place and checked when it is read.

Everything that differs between the embedded run, a test and a production server comes
through here; `docs/operations.md` lists the variables.
"""

import os
from collections.abc import Iterator, Mapping
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

ROOT = Path(__file__).resolve().parent.parent


class Environment(Mapping[str, str]):
    """The process environment, in which `NAME_FILE` may say where the value of `NAME` is kept.

    That is how containers are handed their secrets: a file shows in no list of processes and in no
    inspected container. An empty file says nothing, as a variable that is not set.

    Args:
        given: What is read; changes to it are seen.
    """

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given

    def __getitem__(self, name: str) -> str:
        """Return a value.

        Raises:
            KeyError: It is not set, or its file is empty.
            ImproperlyConfigured: It is set twice, or its file cannot be read.
        """
        path = self._given.get(f"{name}_FILE")
        if not path:
            return self._given[name]
        if self._given.get(name):
            raise ImproperlyConfigured(f"{name} and {name}_FILE are both set. Set one of them.")
        try:
            value = Path(path).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ImproperlyConfigured(f"{name}_FILE cannot be read: {error}") from error
        if not value:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._given)

    def __len__(self) -> int:
        return len(self._given)


env = environ.Env()
env.ENVIRON = Environment(os.environ)

# A machine that vanishes, or a network in between, closes nothing. Left alone the kernel waits a quarter of an hour for an
# answer to what was sent, and two hours before it asks whether anybody is there: so long would hang who asked. Through a
# unix socket libpq passes over all but the first. In seconds, but for the last, which is in milliseconds.
LINE = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}

_DJANGO_KEYS = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}


def is_loopback(host: str | None) -> bool:
    """Return whether a host, as an address or a list of hosts names it, can be this machine alone."""
    name = (host or "").strip("[]").removeprefix(".").lower()
    if name == "localhost" or name.endswith(".localhost"):  # RFC 6761
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def secret_key() -> str:
    """Return `SECRET_KEY`.

    Raises:
        ImproperlyConfigured: It is missing or too short to sign anything with.
    """
    key: str = env.str("SECRET_KEY", default="")
    if len(key) < 32:
        raise ImproperlyConfigured(
            "SECRET_KEY is missing or shorter than 32 characters. Sessions and tokens are signed"
            " with it, so there is no default. Make one with:"
            " python -c 'import secrets; print(secrets.token_urlsafe(48))'"
        )
    return key


def database(name: str, *, default: str | None = None, options: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a libpq address from the environment into Django's settings for one database.

    Args:
        name: The variable, such as `DATABASE_URL`. Every form that libpq takes is understood,
            a unix-socket folder in `?host=` too. What it says of `LINE`'s options itself counts.
        default: The address when the variable is not set.
        options: What goes to psycopg beside it (`pool`, time-outs in seconds).

    Raises:
        ImproperlyConfigured: The variable is missing, or is not a PostgreSQL address.
    """
    address = env.str(name, default=default or "")
    if not address:
        raise ImproperlyConfigured(
            f"{name} is missing. Set it to a PostgreSQL address such as"
            " postgresql://user:password@host:5432/taskengine, or use `make run`, which brings its own."
        )
    try:
        parts = {key: str(value) for key, value in conninfo_to_dict(address).items() if value is not None}
    except ProgrammingError as error:
        raise ImproperlyConfigured(f"{name} is not a PostgreSQL address: {error}") from error
    settings = {_DJANGO_KEYS[key]: value for key, value in parts.items() if key in _DJANGO_KEYS}
    extra = {key: value for key, value in parts.items() if key not in _DJANGO_KEYS}
    return {"ENGINE": "taskengine.database", **settings, "OPTIONS": {**LINE, **extra, **options}}
