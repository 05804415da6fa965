"""Behind a proxy that ends TLS: the server hears plain HTTP and is known by another address."""

from collections.abc import Callable

import httpx

from tests.support.servers import Server

PUBLIC = "https://tasks.example.org"
SIGN_UP = "/api/auth/browser/v1/auth/signup"


def test_the_page_can_write_through_the_proxy_and_no_other_site_can(
    start_server: Callable[..., Server],
) -> None:
    server = start_server(
        PUBLIC_URL=PUBLIC, TRUSTED_PROXY_COUNT="1", ALLOWED_HOSTS="tasks.example.org,127.0.0.1"
    )
    forwarded = {
        "Host": "tasks.example.org",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-For": "203.0.113.7",
        "Referer": f"{PUBLIC}/signup",
    }
    with httpx.Client(base_url=server.url, headers=forwarded) as browser:
        page = browser.get("/signin")
        cookie = page.headers["Set-Cookie"]
        assert "Secure" in cookie
        assert "max-age" in page.headers["Strict-Transport-Security"]
        token = cookie.partition("csrftoken=")[2].partition(";")[0]
        account = {"email": "ada@example.org", "password": "correct horse battery staple"}
        ours = {"Cookie": f"csrftoken={token}", "X-CSRFToken": token}
        foreign = browser.post(SIGN_UP, json=account, headers={**ours, "Origin": "https://evil.example"})
        assert foreign.status_code == 403
        answer = browser.post(SIGN_UP, json=account, headers={**ours, "Origin": PUBLIC})
        assert answer.status_code == 200, answer.text
