"""Behind a proxy that ends TLS: the server hears plain HTTP and is known by another address."""

from collections.abc import Callable

import httpx
import pytest
from websockets.asyncio.client import connect

from tests.support.servers import KINDS, Kind, Server

pytestmark = pytest.mark.untimed

PUBLIC = "https://tasks.example.org"
SIGN_UP = "/api/auth/browser/v1/auth/signup"
CLIENT = "203.0.113.7"
BY_CUSTOM = {"X-Forwarded-Proto": "https", "X-Forwarded-For": CLIENT}
BY_STANDARD = {"Forwarded": f"for={CLIENT};proto=https"}


def behind_tls(start_server: Callable[..., Server], kind: Kind = "uvicorn", **env: str) -> Server:
    """Start a server that is known as `PUBLIC`, behind whom `TRUSTED_PROXIES` says."""
    return start_server(
        kind,
        PUBLIC_URL=PUBLIC,
        SECRET_KEY="zV3nq0Yk2-Lw7tRj9XsBpE4uHc8Fm1QdAoG5iN6xKvS8aZ0eTq4",
        ALLOWED_HOSTS="tasks.example.org,127.0.0.1",
        **env,
    )


@pytest.mark.parametrize("kind", KINDS)
async def test_through_the_proxy_the_page_writes_and_listens_and_no_other_site_can(
    start_server: Callable[..., Server], kind: Kind
) -> None:
    server = behind_tls(start_server, kind, TRUSTED_PROXIES="127.0.0.0/8")
    forwarded = BY_CUSTOM if kind == "uvicorn" else BY_STANDARD
    through = {"Host": "tasks.example.org", **forwarded, "Referer": f"{PUBLIC}/signup"}
    async with httpx.AsyncClient(base_url=server.url, headers=through, trust_env=False) as browser:
        page = await browser.get("/signin")
        cookie = page.headers["Set-Cookie"]
        assert "Secure" in cookie
        assert page.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        token = cookie.partition("csrftoken=")[2].partition(";")[0]
        account = {"email": "ada@example.org", "password": "correct horse battery staple"}
        ours = {"Cookie": f"csrftoken={token}", "X-CSRFToken": token}
        foreign = await browser.post(
            SIGN_UP, json=account, headers={**ours, "Origin": "https://evil.example"}
        )
        assert foreign.status_code == 403
        answer = await browser.post(SIGN_UP, json=account, headers={**ours, "Origin": PUBLIC})
        assert answer.status_code == 200, answer.text
        session = answer.headers["Set-Cookie"].partition("__Host-sessionid=")[2].partition(";")[0]
    assert f"client={CLIENT}" in server.output(), "the log names the client, and not the proxy"
    async with connect(
        f"{server.ws_url}/ws/v1/stream",
        origin=PUBLIC,  # type: ignore[arg-type]  # a plain string is one
        additional_headers={"Cookie": f"__Host-sessionid={session}", **forwarded},
        proxy=None,
    ) as socket:
        await socket.send('{"type": "hello"}')
        assert "welcome" in str(await socket.recv())


def test_what_comes_without_tls_is_sent_to_it_but_for_questions_from_within(
    start_server: Callable[..., Server],
) -> None:
    server = behind_tls(start_server, TRUSTED_PROXIES="127.0.0.1")
    plain = {"Host": "tasks.example.org", "X-Forwarded-For": CLIENT, "X-Forwarded-Proto": "http"}
    with httpx.Client(base_url=server.url, headers=plain, trust_env=False) as browser:
        sent_on = browser.get("/settings")
        assert (sent_on.status_code, sent_on.headers["Location"]) == (301, f"{PUBLIC}/settings")
        assert browser.get("/healthz").status_code == browser.get("/readyz").status_code == 200


def test_without_a_trusted_proxy_nobody_can_say_where_they_are(start_server: Callable[..., Server]) -> None:
    server = behind_tls(start_server, RATE_LIMIT_READ="3/min")
    with httpx.Client(base_url=server.url, trust_env=False) as browser:
        answers = [
            browser.get(
                "/api/v1/about/",
                headers={"X-Forwarded-For": f"198.51.100.{n}", "X-Forwarded-Proto": "https"},
            )
            for n in range(4)
        ]
    assert [answer.status_code for answer in answers] == [200] * 3 + [429]
    assert not any("Strict-Transport-Security" in answer.headers for answer in answers)


def test_a_proxy_that_is_not_trusted_is_sent_round_in_no_circle_and_named_in_the_log(
    start_server: Callable[..., Server],
) -> None:
    # As compose.yaml has it, where somebody's own proxy stands before web.
    server = behind_tls(start_server, TRUSTED_PROXIES="10.213.77.2", HTTPS_REDIRECT="0")
    with httpx.Client(base_url=server.url, headers=BY_CUSTOM, trust_env=False) as browser:
        answers = [browser.get("/signin") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert server.output().count("name it in TRUSTED_PROXIES (127.0.0.1)") == 1
