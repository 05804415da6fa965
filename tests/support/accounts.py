"""A program that signs up and logs in over HTTP, as a foreign client would."""

import json
from collections.abc import Collection
from typing import Any

from django.test import Client

from realtime.ports import Listener
from taskengine.accounts.sessions import SessionAuthenticator

APP = "/api/auth/app/v1"
ME = "/api/v1/users/me/"
PASSWORD = "correct horse battery staple"


class AppClient:
    """The `app` client of the accounts: JSON in and out, a bearer token, no cookies.

    Args:
        headers: What every request carries beside the token.
        wsgi: What the server would put into the request's environment, such as REMOTE_ADDR.
    """

    def __init__(self, *, headers: dict[str, str] | None = None, **wsgi: Any) -> None:
        self._client = Client(headers=headers or {}, **wsgi)
        self.access = ""
        self.refresh_token = ""

    def send(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        """Send one request; `path` is that of the site."""
        if self.access:
            headers = {"authorization": f"Bearer {self.access}", **headers}
        return self._client.generic(
            method,
            path,
            _encode(data),
            content_type="application/json",
            headers=headers,
        )

    def auth(self, method: str, path: str, data: Any = None, **headers: str) -> Any:
        """Send one request to the accounts; take the tokens of the answer, if it has some."""
        response = self.send(method, APP + path, data, **headers)
        meta = response.json().get("meta", {})
        self.access = meta.get("access_token", self.access)
        self.refresh_token = meta.get("refresh_token", self.refresh_token)
        return response

    def sign_up(self, email: str = "ada@example.org", password: str = PASSWORD) -> Any:
        """Sign up, and stay logged in."""
        return self.auth("POST", "/auth/signup", {"email": email, "password": password})

    def log_in(self, email: str = "ada@example.org", password: str = PASSWORD) -> Any:
        """Log in, and stay so."""
        return self.auth("POST", "/auth/login", {"email": email, "password": password})

    def log_out(self) -> Any:
        """Log out, but keep the dead tokens."""
        return self.auth("DELETE", "/auth/session")

    def refresh(self, token: str | None = None) -> Any:
        """Exchange a refresh token (the last one, unless another is given), and keep the new pair."""
        response = self._client.post(
            f"{APP}/tokens/refresh",
            {"refresh_token": token or self.refresh_token},
            content_type="application/json",
        )
        if response.status_code == 200:
            data = response.json()["data"]
            self.access, self.refresh_token = data["access_token"], data["refresh_token"]
        return response

    def me(self) -> int:
        """Return the status of asking who we are."""
        return int(self.send("GET", ME).status_code)


def signed_up(email: str = "ada@example.org") -> AppClient:
    """Return a client of a new account."""
    client = AppClient()
    response = client.sign_up(email)
    assert response.status_code == 200, response.content
    return client


def _encode(data: Any) -> str:
    return "" if data is None else json.dumps(data)


def still_valid(listeners: Collection[Listener]) -> set[Listener]:
    """Return those whose log-in has not ended, as the server judges the sockets that are open."""
    everyone = list(listeners)
    ended = set(SessionAuthenticator().ended(everyone))
    return {listener for n, listener in enumerate(everyone) if n not in ended}
