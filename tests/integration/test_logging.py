"""The log of real requests and jobs: each line says whose it is, and nothing secret."""

import asyncio
import io
import json
import logging
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection

from taskengine import logs
from taskengine.accounts.models import User
from taskengine.api import refusals
from taskengine.planning import attempts, jobs
from taskengine.planning.generation import generate
from taskengine.planning.planners import Planners
from taskengine.planning.threads import DatabaseThreads
from tests.support.accounts import PASSWORD, AppClient, signed_up
from tests.support.breakdowns import GOAL

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What production would write, from INFO on."""
    kept = io.StringIO()
    handler = logging.StreamHandler(kept)
    given = settings.LOGGING["formatters"]["line"]
    handler.setFormatter(logs.formatter(style="json", secrets=given["secrets"]))
    logging.getLogger().addHandler(handler)
    logs.bind(
        user_id=None, op_id=None
    )  # another test's operation may have failed, and is named until the next
    try:
        yield kept
    finally:
        logging.getLogger().removeHandler(handler)


def entries(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_failed_write_is_one_line_with_its_request_its_person_and_its_operation(
    written: io.StringIO,
) -> None:
    ada, op_id = signed_up(), str(uuid.uuid4())
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE operations_operation RENAME TO mislaid")
    try:
        written.truncate(0)
        written.seek(0)
        ada._client.raise_request_exception = False
        answer = ada.send("POST", "/api/v1/tasks/", {"title": "x"}, **{"idempotency-key": op_id})
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE mislaid RENAME TO operations_operation")
    assert answer.status_code == 500
    (entry,) = [each for each in entries(written) if each["level"] == "error"]
    assert entry["request_id"] == answer.json()["request_id"]
    assert entry["user_id"] == str(User.objects.get().pk)
    assert entry["op_id"] == op_id
    assert "Traceback" in entry["exception"]
    assert logs.field("user_id") is logs.field("op_id") is None


async def test_a_job_names_the_operation_that_asked_for_it(
    written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its last line too, which a thread writes."""
    op_id = str(uuid.uuid4())

    def ask() -> uuid.UUID:
        ada = signed_up()
        answer = ada.send("POST", "/api/v1/breakdowns/", {"goal": GOAL}, **{"idempotency-key": op_id})
        assert answer.status_code in {201, 202}, answer.content
        return uuid.UUID(answer.json()["id"])

    breakdown_id = await sync_to_async(ask)()
    assert jobs.asked_by(breakdown_id) == op_id
    attempt = await sync_to_async(attempts.claim)(breakdown_id)
    assert attempt is not None
    threads, planners = DatabaseThreads(1, name="test"), Planners()

    async def run(function: Any, *args: Any) -> Any:
        def call() -> Any:
            logging.getLogger("in.a.thread").warning("It wrote.")
            return function(*args)

        return await threads.run(call)

    with logs.bound(op_id=jobs.asked_by(breakdown_id)):
        await asyncio.create_task(generate(attempt, planners=planners, run=run))
    await planners.aclose()
    threads.close()
    of_threads = [each for each in entries(written) if each["logger"] == "in.a.thread"]
    assert of_threads
    for entry in of_threads:
        assert (entry["op_id"], entry["breakdown_id"], entry["attempt"]) == (op_id, str(breakdown_id), 1)


def test_nothing_secret_is_logged_of_a_persons_ways(written: io.StringIO) -> None:
    ada = signed_up()
    token = ada.access
    logging.getLogger("careless").error("%s %s %s", settings.SECRET_KEY, token, {"password": PASSWORD})
    ada.log_in(password="wrong horse battery staple")
    ada.send("GET", "/api/v1/tasks/", authorization="Bearer te_0123456789abcdefghijKLMN")
    AppClient().log_in()
    text = written.getvalue()
    assert text, "something was logged"
    for secret in (PASSWORD, "wrong horse", settings.SECRET_KEY, "te_0123456789", token):
        assert secret not in text


def test_the_format_follows_from_where_it_runs() -> None:
    assert settings.LOG_FORMAT == "text"  # which the tests asked for
    assert settings.LOGGING["loggers"]["uvicorn"]["handlers"] == ["console"]


def test_a_refused_request_is_one_line_without_its_query_and_a_flood_is_not_written_down(
    written: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refusals, "_minute", -1)
    path = f"/api/v1/tasks/{uuid.uuid4()}/"
    answer = signed_up().send("GET", f"{path}?q=private")
    (line,) = [each for each in entries(written) if each["event"] == "A request was refused."]
    assert (line["method"], line["path"], line["status"]) == ("GET", path, 400)
    assert line["request_id"] == answer.headers["X-Request-ID"]
    assert line["user_id"]
    assert line["ms"] > 0
    assert "private" not in written.getvalue()

    monkeypatch.setattr(refusals, "LINES_PER_MINUTE", 3)
    for _ in range(10):
        AppClient().send("GET", "/api/v1/tasks/")
    refused = [each["event"] for each in entries(written) if "refused" in each["event"]]
    assert 3 <= len(refused) <= 5, "unless a minute ended meanwhile"
