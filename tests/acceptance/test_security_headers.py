"""What browsers are told they may do, with every answer of a real server, whoever in it gives the answer."""

import re
from collections.abc import Callable

import httpx
import pytest

from tests.support.servers import KINDS, Kind, Server

pytestmark = pytest.mark.untimed

ALWAYS = {
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
DIRECTIVES = ("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "script-src 'self'")
DOCUMENTS = {"the page", "a path of nobody's"}
SWAGGER = "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui.css"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_carries_them_whoever_gives_it(start_server: Callable[..., Server], kind: Kind) -> None:
    server = start_server(kind, ENGINE_IN_SERVER="0", RATE_LIMIT_HANDSHAKE="1/hour")
    with httpx.Client(base_url=server.url, trust_env=False) as asker:
        home = asker.get("/")
        asset = re.findall(r"/static/assets/[^\"]+\.js", home.text)[0]
        answers = {
            "the page": (home, 200),
            "a path of nobody's": (asker.get("/nope", headers={"Accept": "text/html"}), 404),
            "a file of the page": (asker.get(asset), 200),
            "a file of a library": (asker.get(SWAGGER), 200),
            "a file that is not there": (asker.get("/static/nope.js"), 404),
            "the API": (asker.get("/api/v1/about/"), 200),
            "nobody at the API": (asker.get("/api/v1/tasks/"), 401),
            "the accounts": (asker.get("/api/auth/browser/v1/config"), 200),
            "the document's viewer": (asker.get("/api/v1/docs/"), 200),
            "health": (asker.get("/healthz"), 200),
            "a host that is not ours": (asker.get("/", headers={"Host": "evil.example"}), 400),
            "a write without a token": (asker.post("/api/auth/browser/v1/auth/login", json={}), 403),
            "a body that is too long": (asker.post("/api/v1/tasks/", content=b"x" * 2_000_000), 413),
        }
        if kind == "uvicorn":  # daphne answers a refused handshake by itself
            asker.get("/ws/v1/nothing", headers=UPGRADE)
            answers["a handshake too many"] = (asker.get("/ws/v1/stream", headers=UPGRADE), 429)
    for who, (answer, status) in answers.items():
        assert answer.status_code == status, who
        assert {name: answer.headers.get(name) for name in ALWAYS} == ALWAYS, who
        policy = answer.headers["content-security-policy"]
        # One script stands in the page's document itself: the policy has its hash.
        plain = re.sub(r" 'sha256-[\w+/=]+'", "", policy) if who in DOCUMENTS else policy
        assert all(directive in plain.split("; ") for directive in DIRECTIVES), who
        assert "unsafe" not in policy, who
        assert "camera=()" in answer.headers["permissions-policy"], who
        assert answer.headers.get_list("x-frame-options") == ["DENY"], f"{who}: said twice"
        assert "strict-transport-security" not in answer.headers, "it did not come by TLS"
    for who in ("the API", "nobody at the API", "the accounts"):
        assert answers[who][0].headers["cache-control"], "no cache between us may keep it"


def test_each_document_has_a_nonce_of_its_own_and_for_styles_alone(
    shared_server: Callable[..., Server],
) -> None:
    server, nonces = shared_server("uvicorn", DOORBELL="process"), set()
    for _ in range(2):
        page = httpx.get(server.url, trust_env=False)
        policy = page.headers["content-security-policy"].split("; ")
        (nonce,) = re.findall(r"style-src 'self' 'nonce-([\w-]+)'", "; ".join(policy))
        assert f'nonce="{nonce}"' in page.text
        assert [one for one in policy if re.fullmatch(r"script-src 'self' 'sha256-[\w+/]{43}='", one)]
        nonces.add(nonce)
    assert len(nonces) == 2
