"""Sign-up, log-in and log-out of the page, which holds a session cookie."""

from typing import Any

import pytest
from django.test import Client

from taskengine.accounts.models import User
from tests.support.accounts import ME, PASSWORD, signed_up

pytestmark = pytest.mark.django_db

BROWSER = "/api/auth/browser/v1"


class Page:
    """A page in a browser: cookies kept, CSRF checked."""

    def __init__(self) -> None:
        self.client = Client(enforce_csrf_checks=True)
        self.client.get(f"{BROWSER}/auth/session")  # sets the CSRF cookie

    def send(self, method: str, path: str, data: Any = "", *, csrf: str | None = None) -> Any:
        """Send JSON with the CSRF token that the cookie holds now, or another one."""
        token = self.client.cookies["csrftoken"].value if csrf is None else csrf
        send = getattr(self.client, method.lower())
        return send(path, data, content_type="application/json", headers={"x-csrftoken": token})

    def sign_up(self, email: str = "ada@example.org") -> Any:
        return self.send("POST", f"{BROWSER}/auth/signup", {"email": email, "password": PASSWORD})


def test_a_page_signs_up_and_its_cookie_opens_the_api() -> None:
    page = Page()

    assert page.sign_up().status_code == 200
    assert page.client.get(ME).json()["email"] == "ada@example.org"


def test_the_session_cookie_is_out_of_reach_of_scripts_and_of_other_sites() -> None:
    page = Page()
    page.sign_up()

    cookie = page.client.cookies["sessionid"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_a_page_is_given_no_token_that_a_script_could_steal() -> None:
    meta = Page().sign_up().json()["meta"]

    assert set(meta) == {"is_authenticated"}


def test_a_page_logs_in_and_out() -> None:
    signed_up()
    page = Page()
    credentials = {"email": "ada@example.org", "password": PASSWORD}

    assert page.send("POST", f"{BROWSER}/auth/login", credentials).status_code == 200
    assert page.client.get(ME).status_code == 200
    page.send("DELETE", f"{BROWSER}/auth/session")
    assert page.client.get(ME).status_code == 401


def test_the_cookie_of_a_logged_out_session_is_401() -> None:
    page = Page()
    page.sign_up()
    stolen = page.client.cookies["sessionid"].value

    page.send("DELETE", f"{BROWSER}/auth/session")
    page.client.cookies["sessionid"] = stolen

    assert page.client.get(ME).status_code == 401


@pytest.mark.parametrize("csrf", ["", "x" * 64])
def test_a_write_without_the_right_csrf_token_is_403_and_changes_nothing(csrf: str) -> None:
    page = Page()
    page.sign_up()

    response = page.send("PATCH", ME, {"time_zone": "Europe/London"}, csrf=csrf)

    assert response.status_code == 403
    assert User.objects.get().time_zone == "UTC"


def test_a_log_in_without_the_csrf_token_is_403() -> None:
    signed_up()
    credentials = {"email": "ada@example.org", "password": PASSWORD}

    assert Page().send("POST", f"{BROWSER}/auth/login", credentials, csrf="").status_code == 403


def test_a_write_with_the_right_csrf_token_goes_through() -> None:
    page = Page()
    page.sign_up()

    assert page.send("PATCH", ME, {"time_zone": "Europe/London"}).status_code == 200


def test_a_page_that_changes_its_password_stays_in_and_all_others_are_out() -> None:
    program = signed_up()
    page, other = Page(), Page()
    for each in (page, other):
        each.send("POST", f"{BROWSER}/auth/login", {"email": "ada@example.org", "password": PASSWORD})

    change = {"current_password": PASSWORD, "new_password": "another horse entirely"}
    response = page.send("POST", f"{BROWSER}/account/password/change", change)

    assert response.status_code == 200
    assert page.client.get(ME).status_code == 200
    assert other.client.get(ME).status_code == 401
    assert program.me() == 401
    assert program.refresh().status_code == 400
