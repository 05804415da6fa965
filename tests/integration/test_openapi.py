"""The OpenAPI document in `docs/` is the one that the server serves."""

from pathlib import Path

import pytest
import yaml
from django.core.management import call_command

from tests.support.accounts import AppClient

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "openapi.yaml"


def test_the_document_is_current_and_without_a_warning(tmp_path: Path) -> None:
    fresh = tmp_path / "openapi.yaml"
    call_command("spectacular", "--validate", "--fail-on-warn", file=str(fresh))
    assert DOCUMENT.read_text() == fresh.read_text(), "run `make openapi`"


def test_every_operation_has_a_summary_a_tag_and_its_errors() -> None:
    document = yaml.safe_load(DOCUMENT.read_text())
    assert document["openapi"].startswith("3.1")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation.get("summary"), (method, path)
            assert operation.get("tags"), (method, path)
            if operation.get("security") != [{}] and "about" not in operation["tags"]:
                assert "401" in operation["responses"], (method, path)


# They make secrets, or leave nobody whom a repeat could be answered.
WITHOUT_A_KEY = {"tasks_parse", "demo", "tickets_create", "tokens_create", "users_me_destroy"}


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
