"""What the OpenAPI document says of every operation alike, so that no view has to, and none can forget it.

Views say what is theirs: their parameters, bodies, examples and problems. The rest follows from what they are:
which problems any request may meet, which headers come with an answer.
"""

from collections.abc import Iterator
from typing import Any, Final

from taskengine.api import etags, operations, requests
from taskengine.api.errors import CONTENT_TYPE
from taskengine.api.problems_schema import GENERAL, MEANING, OF_EVERY_WRITE, errors_of, example_of

_METHODS: Final = frozenset({"get", "put", "post", "patch", "delete"})
_HEADERS: Final = "#/components/headers/"
_EXAMPLES: Final = "#/components/examples/"
_RESPONSES: Final = "#/components/responses/"
_PROBLEM: Final = {"$ref": "#/components/schemas/Problem"}

HEADERS: Final[dict[str, dict[str, Any]]] = {
    requests.HEADER: {
        "description": "The request's own name: the one that was offered in the same header, or a new one."
        " Quote it when you ask for help.",
        "required": True,
        "schema": {"type": "string", "pattern": "^[A-Za-z0-9._-]{8,64}$"},
        "example": "5e0c4b7a1f0d4c6f9a3b2d1e8c7f6a50",
    },
    operations.NAME_HEADER: {
        "description": "The operation's name: the `Idempotency-Key` that was sent, or one that the server made."
        " Its events carry it as `op_id`, and `/undo/` takes it back by it.",
        "required": True,
        "schema": {"type": "string", "format": "uuid"},
        "example": "6fa1d1a8-2d47-4f0c-b3b8-0d8f6b5e8f11",
    },
    etags.HEADER: {
        "description": "The tag of `current`: what to send as `If-Match` by those who have looked at it.",
        "required": True,
        "schema": {"type": "string"},
        "example": '"4.upcoming"',
    },
    "RateLimit-Policy": {
        "description": "The limits that this request counted for: how many (`q`) in so many seconds (`w`)."
        " Absent where there is none.",
        "schema": {"type": "string"},
        "example": '"read";q=1200;w=60',
    },
    "RateLimit": {
        "description": "How many are left of each (`r`), and in how many seconds the window ends (`t`).",
        "schema": {"type": "string"},
        "example": '"read";r=1187;t=42',
    },
    "Retry-After": {
        "description": "In how many seconds to come again, where waiting helps.",
        "schema": {"type": "integer", "minimum": 0},
        "example": 42,
    },
    "WWW-Authenticate": {
        "description": "How to say who one is.",
        "required": True,
        "schema": {"type": "string"},
        "example": "Bearer",
    },
}
_LIMITED: Final = ("RateLimit-Policy", "RateLimit")
# Which headers a problem has beside its name.
_OF_PROBLEM: Final[dict[int, tuple[str, ...]]] = {
    401: ("WWW-Authenticate",),
    409: ("Retry-After",),
    412: (etags.HEADER,),
    429: (*_LIMITED, "Retry-After"),
    503: ("Retry-After",),
}


def complete(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add what holds for every operation (a `POSTPROCESSING_HOOKS` of drf-spectacular)."""
    components = result.setdefault("components", {})
    components["headers"] = {name: HEADERS[name] for name in sorted(HEADERS)}
    codes: set[tuple[int, str]] = set()
    shared: dict[str, Any] = {}
    for method, operation in _operations(result):
        _say_whether_needed(operation, components["schemas"])
        responses = operation["responses"]
        for status in _general(method, operation):
            responses.setdefault(str(status), _unnamed(status))
        for status, response in responses.items():
            if _is_problem(response):
                named = _codes(int(status), response, method, operation)
                codes.update((int(status), code) for code in named)
                schema = response["content"][CONTENT_TYPE].get("schema", _PROBLEM)
                responses[status] = _problem(int(status), named, schema)
                if named == list(GENERAL.get(int(status), ())):  # nothing of its own: said once for all
                    shared[f"Problem{status}"] = responses[status]
                    responses[status] = {"$ref": f"{_RESPONSES}Problem{status}"}
            else:
                headers = response.setdefault("headers", {})
                for name, header in _references(_of_success(operation)).items():
                    headers.setdefault(name, header)
        operation["responses"] = dict(sorted(responses.items()))
    components["responses"] = dict(sorted(shared.items()))
    components["examples"] = {
        _name(status, code): {"summary": example["detail"], "value": example}
        for status, code in sorted(codes)
        for example in [example_of(status, code)]
    }
    return result


def _operations(result: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in result["paths"].values():
        for method, operation in path.items():
            if method in _METHODS:
                yield method, operation


def _say_whether_needed(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """A body that can't be empty is needed; drf-spectacular looks at its fields alone."""
    body = operation.get("requestBody")
    if body is not None:
        for media in body["content"].values():
            name = media["schema"].get("$ref", "").rpartition("/")[2]
            schema = schemas[name] if name else media["schema"]
            if schema.get("required") or schema.get("minProperties"):
                body["required"] = True


def _general(method: str, operation: dict[str, Any]) -> Iterator[int]:
    """Yield the statuses that an operation may answer because of what it is."""
    writes = method != "get"
    if writes or any(parameter["in"] != "path" for parameter in operation.get("parameters", ())):
        yield 400
    if _needs_log_in(operation):
        yield from (401, 403)
    if writes:
        yield from (403, 413, 415)
    if _has_key(operation):
        yield from OF_EVERY_WRITE
    yield from (406, 429, 503)


def _needs_log_in(operation: dict[str, Any]) -> bool:
    return all(operation.get("security", [{}]))


def _has_key(operation: dict[str, Any]) -> bool:
    return any(parameter["name"] == operations.KEY_HEADER for parameter in operation.get("parameters", ()))


def _is_problem(response: dict[str, Any]) -> bool:
    return CONTENT_TYPE in response.get("content", {})


def _codes(status: int, response: dict[str, Any], method: str, operation: dict[str, Any]) -> list[str]:
    """Return the codes that a problem may have: those of any operation, of any write, and its own."""
    examples = response["content"][CONTENT_TYPE].get("examples", {})
    own = [example["value"]["code"] for example in examples.values()]
    own = own or errors_of(operation["tags"], status=status, writes=method != "get")
    of_key = OF_EVERY_WRITE.get(status, ()) if _has_key(operation) else ()
    return list(dict.fromkeys([*GENERAL.get(status, ()), *of_key, *own]))


def _unnamed(status: int) -> dict[str, Any]:
    assert status in GENERAL or status in OF_EVERY_WRITE, f"any operation may answer {status}, but why?"
    return {"content": {CONTENT_TYPE: {}}}


def _problem(status: int, codes: list[str], schema: dict[str, Any]) -> dict[str, Any]:
    listed = ", ".join(f"`{code}`" for code in codes)
    return {
        "description": f"{MEANING[status]} Code: {listed}.",
        "headers": _references((requests.HEADER, *_OF_PROBLEM.get(status, ()))),
        "content": {
            CONTENT_TYPE: {
                "schema": schema,
                "examples": {code: {"$ref": _EXAMPLES + _name(status, code)} for code in codes},
            }
        },
    }


def _name(status: int, code: str) -> str:
    """Return the name of an example: what is missing in a body is a 400 of the same code as a 404."""
    return f"{status}.{code}"


def _of_success(operation: dict[str, Any]) -> tuple[str, ...]:
    name = (operations.NAME_HEADER,) if _has_key(operation) else ()
    limits = _LIMITED if "429" in operation["responses"] else ()
    return (requests.HEADER, *name, *limits)


def _references(names: tuple[str, ...]) -> dict[str, Any]:
    return {name: {"$ref": f"{_HEADERS}{name}"} for name in names}
