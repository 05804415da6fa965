"""What Schemathesis checks of the API beside its own checks. It loads this module itself (`SCHEMATHESIS_HOOKS`)."""

import itertools
from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

import schemathesis
from schemathesis.specs.openapi.checks import positive_data_acceptance

PROBLEM: Final = "application/problem+json"

# Why a request that the document allows may be refused all the same: the document says what a request looks like, and
# not what there is, nor what else it must agree with. Any other refusal of it is a gap in the document.
BEYOND_A_SCHEMA: Final = frozenset(
    {
        # what there is
        "cursor_expired",
        "history_trimmed",
        "answer_gone",
        "idempotency_key_expired",
        "idempotency_key_reused",
        "import_invalid",
        "invalid_cursor",
        "invalid_time_zone",
        "label_not_found",
        "neighbour_not_found",
        "parent_circle",
        "parent_not_found",
        "precondition_failed",
        "project_not_found",
        "unknown_dependency",
        "unknown_epoch",
        "unreadable_file",
        "wrong_password",
        # what else it must agree with
        "deadline_conflict",
        "dependency_cycle",
        "expiry_passed",
        "invalid_working_hours",
        "no_rank",
        "step_order",
    }
)
# Likewise, of fields that depend on each other: a goal or a task; a project only of a Todoist backup, and no key for a dry
# run; a place of a stream is `since` and `epoch`.
OF_TWO_FIELDS: Final = {
    "breakdowns_create": {"required"},
    "import": {"unknown_field", "wrong_content_type", "idempotency_key_unsupported"},
    "sync": {"required", "invalid"},
}

KEY: Final = "Idempotency-Key"
IF_MATCH: Final = "If-Match"
_numbers: Final = itertools.count(1)
ZONES: Final = ("America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/London", "UTC")


@schemathesis.hook
def before_call(_: Any, case: Any, **__: Any) -> None:
    """Make of most requests that are well formed ones that also make sense, so that they get further than the door."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if KEY in (case.headers or {}):
        # One that was used before is 422, and of a pattern Schemathesis at times makes a plain 0. So they are new,
        # but for each fifth, which is sent for the second time.
        number = next(_numbers)
        case.headers[KEY] = str(UUID(int=number - 1 if number % 5 == 4 else number, version=4))
    if (case.headers or {}).get(IF_MATCH) == "0":  # likewise
        case.headers[IF_MATCH] = '"0"'
    if not isinstance(case.body, dict):
        return
    if isinstance(case.body.get("time_zone"), str):
        case.body["time_zone"] = ZONES[len(case.body["time_zone"]) % len(ZONES)]
    if len(case.body) % 4:  # references of chance lead nowhere
        case.body.update({name: None for name in ("parent", "project") if name in case.body})
        case.body.update({name: [] for name in ("labels", "depends_on") if name in case.body})
    if case.body.get("deadline"):
        case.body.pop("due_date", None)


@schemathesis.check
def accepts_what_it_allows(ctx: Any, response: Any, case: Any) -> None:
    """`positive_data_acceptance`, where the refusal is not for one of these reasons."""
    known = BEYOND_A_SCHEMA | OF_TWO_FIELDS.get(case.operation.definition.raw["operationId"], set())
    if response.status_code in {400, 410, 412, 422}:
        problem = response.json()
        if problem["code"] in known or known.issuperset(_reasons(problem)):
            return
    positive_data_acceptance(ctx, response, case)


@schemathesis.check
def names_its_problems(ctx: Any, response: Any, case: Any) -> None:
    """Every problem is in the one shape and has a code that the document lists for this operation."""
    if response.status_code < 400:
        return
    problem = response.json()
    assert response.headers["content-type"] == [PROBLEM], response.headers["content-type"]
    assert problem["status"] == response.status_code, problem
    assert [problem["request_id"]] == response.headers["x-request-id"], problem
    documented = case.operation.definition.raw["responses"].get(str(response.status_code))
    if documented is None:  # another check's
        return
    codes = _listed(documented, case.operation.schema.raw_schema)
    assert problem["code"] in codes, f"{problem['code']} is none of {sorted(codes)}"


def _reasons(problem: Any) -> Iterable[str]:
    return [error["code"] for error in problem["errors"]] or [problem["code"]]


def _listed(response: Any, document: Any) -> set[str]:
    if "$ref" in response:
        response = document["components"]["responses"][response["$ref"].rpartition("/")[2]]
    return set(response["content"][PROBLEM]["examples"])
