"""The OpenAPI document in `docs/` is the one that the server serves, and leaves nothing out."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from django.core.management import call_command
from drf_spectacular.generators import SchemaGenerator

from taskengine.api import document, operations, requests
from taskengine.api.errors import CONTENT_TYPE
from tests.support.accounts import AppClient

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"
WHOLE: Mapping[str, Any] = yaml.load(DOCUMENT.read_text(), Loader=yaml.CSafeLoader)
METHODS = {"get", "put", "post", "patch", "delete"}


def each_operation() -> Iterator[tuple[str, dict[str, Any]]]:
    for path, item in WHOLE["paths"].items():
        for method, operation in item.items():
            assert method in METHODS, (path, method)
            yield f"{method.upper()} {path}", operation


OPERATIONS = dict(each_operation())


@pytest.fixture(params=OPERATIONS, ids=str)
def operation(request: pytest.FixtureRequest) -> dict[str, Any]:
    """Each operation by itself."""
    return OPERATIONS[request.param]


def resolved(node: Any) -> Any:
    """Follow a reference within the document."""
    while isinstance(node, dict) and "$ref" in node:
        target: Any = WHOLE
        for step in node["$ref"].removeprefix("#/").split("/"):
            target = target[step]
        node = target
    return node


def responses(operation: Mapping[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    for status, response in operation["responses"].items():
        yield int(status), resolved(response)


def bodies(operation: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield all that has a schema and wants an example, with a name for it."""
    if "requestBody" in operation:
        yield from (("request", media) for media in operation["requestBody"]["content"].values())
    for status, response in responses(operation):
        yield from ((str(status), media) for media in response.get("content", {}).values())


def test_the_document_is_current_and_without_a_warning(tmp_path: Path) -> None:
    fresh = tmp_path / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", file=str(fresh))
    assert DOCUMENT.read_text() == fresh.read_text(), "run `make openapi`"


def test_it_says_what_it_is_where_it_is_and_who_may_ask() -> None:
    assert WHOLE["openapi"].startswith("3.1")
    assert WHOLE["info"]["description"]
    assert WHOLE["servers"]
    assert set(WHOLE["components"]["securitySchemes"]) >= {"bearer", "cookie"}


def test_every_tag_is_described() -> None:
    described = {tag["name"] for tag in WHOLE["tags"] if tag["description"]}
    used = {tag for operation in OPERATIONS.values() for tag in operation["tags"]}
    assert used <= described, f"tell settings.py what these are: {used - described}"


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names)
    assert all(name.replace("_", "").isalpha() and name.islower() for name in names), names


def test_an_operation_has_a_summary_and_one_tag(operation: dict[str, Any]) -> None:
    assert operation["summary"]
    assert len(operation["tags"]) == 1


def test_an_operation_has_examples_of_all_that_it_takes_and_answers(operation: dict[str, Any]) -> None:
    found = list(bodies(operation))
    assert found
    missing = [name for name, media in found if not media.get("examples")]
    assert not missing


def test_a_text_in_a_query_says_that_spaces_are_none(operation: dict[str, Any]) -> None:
    for each in operation.get("parameters", ()):
        if each["in"] == "query" and each["schema"].get("type") == "string":
            kinds = {"enum", "format", "pattern"}
            assert kinds & each["schema"].keys(), f"{each['name']} takes what is refused as blank"


def test_examples_are_what_their_schemas_say(operation: dict[str, Any]) -> None:
    for name, media in bodies(operation):
        # All of the document goes along, for what the schema refers to.
        schema = {**media["schema"], "components": WHOLE["components"]}
        checker = jsonschema.Draft202012Validator(
            schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
        )
        for title, example in media["examples"].items():
            faults = [fault.message for fault in checker.iter_errors(resolved(example)["value"])]
            assert not faults, (name, title)


def test_problems_list_their_codes(operation: dict[str, Any]) -> None:
    problems = {status: response for status, response in responses(operation) if status >= 400}
    for status, response in problems.items():
        assert set(response["content"]) == {CONTENT_TYPE}, status
        examples = response["content"][CONTENT_TYPE]["examples"]
        assert examples, status
        for code, example in examples.items():
            assert f"`{code}`" in response["description"]
            value = resolved(example)["value"]
            assert (value["code"], value["status"]) == (code, status)
            assert value["detail"], f"{code}: what does it say?"


def test_what_any_request_may_meet_is_said_of_each(operation: dict[str, Any]) -> None:
    statuses = set(operation["responses"])
    assert {"406", "429", "503"} <= statuses
    if "requestBody" in operation:
        assert {"400", "403", "413", "415"} <= statuses
    assert ("401" in statuses) == ("security" in operation)
    if any(each["name"] == operations.KEY_HEADER for each in operation.get("parameters", ())):
        assert {"400", "409", "422"} <= statuses


def test_headers_are_described_where_they_come(operation: dict[str, Any]) -> None:
    writes_once = any(each["name"] == operations.KEY_HEADER for each in operation.get("parameters", ()))
    for status, response in responses(operation):
        headers = response["headers"]
        assert requests.HEADER in headers
        assert all(resolved(header)["description"] for header in headers.values())
        assert (operations.NAME_HEADER in headers) == (writes_once and status < 300)
        assert ("WWW-Authenticate" in headers) == (status == 401)
        assert ("Retry-After" in headers) == (status in {409, 429, 503})
        if status == 429 or (status < 300 and "429" in operation["responses"]):
            assert {"RateLimit", "RateLimit-Policy"} <= headers.keys()


def test_the_examples_of_headers_are_what_their_schemas_say() -> None:
    for header in document.HEADERS.values():
        jsonschema.validate(header["example"], header["schema"])


# They make secrets, or leave nobody whom a repeat could be answered.
WITHOUT_A_KEY = {
    "demo",
    "tasks_parse",
    "tickets_create",
    "tokens_create",
    "users_create",
    "users_me_destroy",
    "users_me_sessions_destroy",
    "users_me_sessions_destroy_all",
}


def test_every_write_takes_a_key_that_makes_a_retry_safe() -> None:
    document = yaml.safe_load(DOCUMENT.read_text())
    without = {
        operation["operationId"]
        for operations in document["paths"].values()
        for method, operation in operations.items()
        if method != "get"
        and "Idempotency-Key" not in {parameter["name"] for parameter in operation.get("parameters", [])}
    }
    assert without == WITHOUT_A_KEY


@pytest.mark.django_db
def test_the_document_and_its_viewer_are_served_without_the_internet() -> None:
    client = AppClient()
    assert client.send("GET", "/api/v1/schema/").status_code == 200
    page = client.send("GET", "/api/v1/docs/").content.decode()
    assert "/static/drf_spectacular_sidecar/" in page
    assert "https://" not in page
    assert "cdn" not in page.lower()


@pytest.mark.django_db
@pytest.mark.parametrize("query", ["", "?format=json"])
def test_the_document_is_made_once_and_whoever_has_it_is_told_so(
    monkeypatch: pytest.MonkeyPatch, query: str
) -> None:
    client, path = AppClient(), f"/api/v1/schema/{query}"
    first = client.send("GET", path)
    monkeypatch.delattr(SchemaGenerator, "get_schema")
    again = client.send("GET", path)
    assert (again.status_code, again.content) == (200, first.content)
    assert not query or first.json() == WHOLE
    known = client.send("GET", path, **{"if-none-match": first["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
