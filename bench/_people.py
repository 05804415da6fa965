"""Many people who are logged in already, made in a process that has Django.

A thousand sign-ups over the API would be a thousand slow password hashes. These have no password, but
their sessions are real ones: the server can't tell them from those of a log-in.
"""

import json
import subprocess
import sys
from dataclasses import dataclass

from bench._process import PYTHON, ROOT
from bench._servers import environment


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who is logged in: the id, which is also the stream's, the session's key, and an access token."""

    id: str
    session: str
    token: str


def make(database_url: str, count: int) -> list[Person]:
    """Add people to a migrated database."""
    command = [PYTHON, "-m", "bench._people", str(count)]
    made = subprocess.run(
        # Their tokens hold longer than any measurement takes.
        command,
        env=environment(database_url) | {"ACCESS_TOKEN_S": "86400"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    return [Person(**each) for each in json.loads(made.stdout)]


def _main(count: int) -> None:
    import django  # only in the child: the measurement itself has no settings

    django.setup()
    from allauth.headless.tokens.strategies.jwt import internal as jwt
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
    from django.contrib.sessions.backends.db import SessionStore
    from django.db import transaction

    people = []
    with transaction.atomic():
        for n in range(count):
            user = get_user_model().objects.create_user(f"person-{n}@example.org")
            session = SessionStore()
            session[SESSION_KEY] = str(user.pk)
            session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
            session[HASH_SESSION_KEY] = user.get_session_auth_hash()
            session.create()
            token = jwt.create_access_token(user, session, {})
            people.append({"id": str(user.pk), "session": session.session_key, "token": token})
    json.dump(people, sys.stdout)


if __name__ == "__main__":
    _main(int(sys.argv[1]))
