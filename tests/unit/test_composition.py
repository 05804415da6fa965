"""What compose.yaml promises about every service, read without starting any."""

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.support.composition import FILES, SERVICES, composition
from tests.support.servers import ROOT
from tests.support.stack import OWN

ONE_SHOT = {"keys", "migrate"}
FROM_OUTSIDE = {"web", "proxy", "grafana"}


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_has_limits_is_started_again_and_can_write_nowhere_but_in_its_volumes(name: str) -> None:
    service = SERVICES[name]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert service["restart"] == ("on-failure:5" if name in ONE_SHOT else "unless-stopped")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["init"] is True
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    assert not service.get("privileged")
    assert name in ONE_SHOT or "healthcheck" in service or name == "web"  # which has the image's


def test_nobody_but_web_is_reached_from_outside_unless_a_profile_is_asked_for() -> None:
    published = {name for name, service in SERVICES.items() if service.get("ports")}
    assert published == FROM_OUTSIDE
    assert {name for name in published if "profiles" not in SERVICES[name]} == {"web"}
    assert SERVICES["web"]["ports"] == ["${PUBLISH:-127.0.0.1:8000}:8000"]
    for name in ("postgres", "redis", "engine", "migrate"):
        assert "outside" not in SERVICES[name]["networks"]
    networks = yaml.safe_load((ROOT / "compose.yaml").read_text())["networks"]
    assert [name for name, each in networks.items() if not each.get("internal")] == ["outside"]


def test_a_test_of_the_composition_touches_nobodys_image_network_or_secrets() -> None:
    text = "".join((ROOT / file).read_text() for file in FILES)
    read = set(re.findall(r"\$\{(\w+)", text)) - {"PUBLISH", "PUBLIC_URL", "GRAFANA_PUBLISH"}
    assert read <= set(OWN)
    assert OWN["PROXIED_NET"] not in text
    assert not re.search(r"(?<!:-)10\.213\.77", re.sub(r"#.*", "", text)), "each address follows the variable"


def test_the_proxy_asks_web_where_its_own_address_is_the_one_that_is_believed() -> None:
    # They share another network, by which it would come from an address that nobody knows.
    (asked,) = re.findall(r"reverse_proxy (\S+):8000", (ROOT / "containers/proxy/Caddyfile").read_text())
    assert asked not in SERVICES, "a service's name leads by any network"
    assert [
        name
        for name, each in (SERVICES["web"]["networks"]).items()
        if asked in (each or {}).get("aliases", ())
    ] == ["proxied"]
    address = SERVICES["proxy"]["networks"]["proxied"]["ipv4_address"]
    assert address in SERVICES["web"]["environment"]["TRUSTED_PROXIES"]


def test_web_leaves_it_to_the_proxy_to_send_plain_http_on() -> None:
    assert SERVICES["web"]["environment"]["HTTPS_REDIRECT"] == "${HTTPS_REDIRECT:-0}"
    assert "proxy" in SERVICES["proxy"]["profiles"]
    # Caddy does for an address with https, unless it is told not to.
    assert not re.search(r"auto_https|http://", (ROOT / "containers/proxy/Caddyfile").read_text())


def test_what_waits_to_be_sent_takes_none_of_webs_memory() -> None:
    web = SERVICES["web"]
    where = web["environment"]["TMPDIR"]
    assert where in web["volumes"]
    assert not [each for each in web["tmpfs"] if where.startswith(each.partition(":")[0])]


def test_secrets_come_as_files_only() -> None:
    for name, service in SERVICES.items():
        for variable, value in (service.get("environment") or {}).items():
            is_secret = any(
                word in variable for word in ("KEY", "PASSWORD", "TOKEN", "DATABASE_URL", "REDIS_URL")
            )
            assert not is_secret or str(value).startswith("/run/keys/"), (name, variable)
    seen_by = {name for name, service in SERVICES.items() if service.get("secrets")}
    assert seen_by == {"keys"}
    assert (ROOT / "containers/not-given").read_text() == ""


def test_whoever_has_sockets_or_work_under_way_is_given_the_time_to_end_it() -> None:
    assert SERVICES["web"]["stop_grace_period"] == "40s"
    assert SERVICES["worker"]["stop_grace_period"] == "190s"
    assert all(
        SERVICES[name]["image"] == SERVICES["web"]["image"] for name in ("engine", "worker", "migrate")
    )
    for name in ("web", "engine", "worker"):
        needed = SERVICES[name]["depends_on"]
        assert needed["migrate"] == {"condition": "service_completed_successfully"}
        assert needed["postgres"] == needed["redis"] == {"condition": "service_healthy"}


@pytest.mark.parametrize("name", SERVICES)
def test_all_that_a_service_names_is_there(name: str) -> None:
    service, whole = SERVICES[name], composition()
    for needed in service.get("depends_on", {}):
        # What is asked for by a profile may need what is always there, and not the other way round.
        assert set(SERVICES[needed].get("profiles", ())) <= set(service.get("profiles", ()))
    volumes = {each.partition(":")[0] for each in service.get("volumes", ()) if ":" in each}
    assert {each for each in volumes if each[0] not in "./"} <= whole["volumes"].keys()
    assert set(service.get("networks", ())) <= whole["networks"].keys()
    assert set(service.get("secrets", ())) <= whole["secrets"].keys()


def test_what_is_for_work_on_the_code_alters_what_is_there() -> None:
    development = yaml.safe_load((ROOT / "compose.dev.yaml").read_text())
    assert development["services"].keys() - SERVICES.keys() == {"page"}
    for service in development["services"].values():
        assert set(service.get("networks", ())) <= composition()["networks"].keys()


@pytest.mark.parametrize(
    ("client", "says", "code"),
    [
        ("true", "Compose takes the composition", 0),
        ("false", "There is no Compose client (false)", 0),
        # One that answers, and refuses what it reads of the last profiles.
        (r"""sh -c 'case "$*" in *dev.yaml*proxy*monitoring*) exit 15;; esac' sh""", "", 15),
    ],
)
def test_lint_has_composes_own_client_read_every_profile_where_there_is_one(
    tmp_path: Path, client: str, says: str, code: int
) -> None:
    program = tmp_path / "compose"
    program.write_text(f'#!/bin/sh\nexec {client} "$@"\n')
    program.chmod(0o755)
    named = client if client == "false" else str(program)
    done = subprocess.run(
        [ROOT / "scripts/check-compose"],
        cwd=ROOT,
        env={**os.environ, "COMPOSE": named},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stderr
    assert says in done.stdout
    assert "scripts/check-compose" in (ROOT / "Makefile").read_text()


def test_the_image_is_made_of_the_code_and_nothing_else() -> None:
    allowed = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in allowed
    assert not [
        line for line in allowed if line.startswith("!") and not Path(ROOT, line.removeprefix("!")).exists()
    ]
    assert "taskengine/embedded" in allowed


def section(title: str) -> str:
    """Return a section of the operator's manual."""
    return (ROOT / "docs/operations.md").read_text().split(f"## {title}\n")[1].split("\n## ")[0]


def test_what_the_manual_says_of_changing_a_secret_is_so() -> None:
    text, script = section("Changing a secret"), (ROOT / "containers/make-keys").read_text()
    named = set(re.findall(r"\b[A-Z_]+_FILE\b", text)) - {"NAME_FILE"}
    given = {f"{name.upper()}_FILE" for name in composition()["secrets"]}
    assert named == given, "each is there"
    made = dict(re.findall(r"^secret (\w+) \$KEYS(/\S+)$", script, re.MULTILINE))
    rows = dict(re.findall(r"^\| `([A-Z_]+)_FILE` \| `/keys(/\S+)` \|", text, re.MULTILINE))
    assert {name.lower(): file for name, file in rows.items()} == made
    for line in re.findall(r"docker compose restart ([a-z ]+)", text):
        assert set(line.split()) <= set(SERVICES)
    # Whoever reads a file is started anew.
    readers = {name for name, each in SERVICES.items() if "keys-app:/run/keys:ro" in each.get("volumes", ())}
    assert {"web", "engine", "worker"} == readers - ONE_SHOT


def test_engines_reach_a_collector_where_the_manual_has_it_stand() -> None:
    (networks,) = re.findall(r"`collector` with `networks: \[([a-z, ]+)\]`", section("Watching"))
    inside = set(networks.split(", "))
    for name in ("web", "engine", "worker"):
        assert inside & set(SERVICES[name]["networks"]) - {"outside"}, f"{name} does not reach it"


def test_each_flag_of_the_server_is_explained_and_given_wherever_its_command_is_written() -> None:
    said = (ROOT / "docs/operations.md").read_text()
    last_stage = (ROOT / "Dockerfile").read_text().rpartition("CMD [")[2]
    flags = set(re.findall(r'"(--[a-z-]+)"', last_stage)) - {"--host", "--port"}
    assert "--timeout-graceful-shutdown" in flags
    assert {flag for flag in flags if f"`{flag}" not in said and f" {flag}" not in said} == set()
    for file in ("README.md", "docs/operations.md"):
        text = (ROOT / file).read_text()
        for command in re.findall(r"uvicorn taskengine\.asgi:application(?:[^`\n]|\\?\n +(?=-))*", text):
            assert {"--no-proxy-headers", "--timeout-graceful-shutdown"} <= set(command.split()), command


def test_people_are_told_which_compose_it_takes() -> None:
    assert "required: false" in (ROOT / "compose.yaml").read_text(), "since Compose 2.24"
    for file in ("README.md", "docs/operations.md"):
        assert "Compose 2.24 or later" in (ROOT / file).read_text()
