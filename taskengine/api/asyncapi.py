"""`/api/v1/asyncapi/`: the stream's protocol as an AsyncAPI 3 document, made of the frames themselves."""

import re
import types
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Union, get_args, get_origin, get_type_hints

import yaml
from django.http import HttpRequest, HttpResponse
from drf_spectacular.generators import SchemaGenerator

from realtime import cursor, envelope
from realtime.envelope import CLIENT_FRAMES, MAX_SEQ, SERVER_FRAMES, ClientFrame, CloseCode, ServerFrame
from realtime.routing import STREAM_PATH
from taskengine.api.errors import read_only
from taskengine.organisation.events import NamedEvent
from taskengine.planning.events import BreakdownEvent
from taskengine.tasks.events import TaskEvent

CONTENT_TYPE: Final = "application/vnd.aai.asyncapi+yaml;version=3.0.0"
_KINDS: Final = {"project": "Project", "label": "Label", "task": "Task", "breakdown": "Breakdown"}
# What is told of each kind.
_EVENT_TYPES: Final[Mapping[str, Sequence[str]]] = {
    "project": [f"project.{event}" for event in NamedEvent],
    "label": [f"label.{event}" for event in NamedEvent],
    "task": [str(event) for event in TaskEvent],
    "breakdown": [str(event) for event in BreakdownEvent],
}
_SCHEMAS: Final = "#/components/schemas/"
_INSTANT: Final = {"type": "string", "format": "date-time"}
# What an event of a kind may say beside the object.
_EXTRAS: Final = {"task": {"fired_at": _INSTANT}, "breakdown": {"step": {"type": "string"}}}
_UUID: Final = {"type": "string", "format": "uuid"}
_SEQ: Final = {"type": "integer", "minimum": 0, "maximum": MAX_SEQ}
# What a frame's field holds where its Python type does not say it.
_FIELDS: Final[Mapping[tuple[str, str], Mapping[str, Any]]] = {
    ("snapshot", "items"): {"type": "array", "items": {"$ref": f"{_SCHEMAS}SnapshotItem"}},
    ("events", "items"): {"type": "array", "items": {"$ref": f"{_SCHEMAS}Event"}, "minItems": 1},
    ("bye", "code"): {"$ref": f"{_SCHEMAS}CloseCode"},
}


@read_only
def asyncapi(request: HttpRequest) -> HttpResponse:
    """Return the document."""
    return HttpResponse(text(), content_type=CONTENT_TYPE)


@lru_cache(maxsize=1)
def text() -> str:
    """Return the document as YAML."""
    return yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=110)


def document() -> dict[str, Any]:
    """Return the document."""
    frames = {"client": CLIENT_FRAMES, "server": SERVER_FRAMES}
    messages = {frame.TYPE: _message(frame) for each in frames.values() for frame in each}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "taskengine: the stream",
            "version": str(envelope.VERSION),
            "description": (
                "Everything that happens to one's projects, labels, tasks and breakdowns, in order and without gaps."
                " The server refuses frames and fields it does not know; clients ignore them."
                f" At most {cursor.MAX_UNACKED_EVENTS} events or {cursor.MAX_UNACKED_BYTES // 1024} KiB are on"
                " their way unacknowledged. docs/realtime.md tells how a connection goes."
            ),
        },
        "defaultContentType": "application/json",
        "channels": {
            "stream": {
                "address": f"/{STREAM_PATH}",
                "description": f"A WebSocket; its subprotocol `{envelope.SUBPROTOCOL}` is echoed where offered.",
                "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
                "bindings": {"ws": {"method": "GET", "bindingVersion": "0.1.0"}},
            }
        },
        "operations": {
            name: {
                "action": action,
                "channel": {"$ref": "#/channels/stream"},
                "summary": summary,
                "messages": [{"$ref": f"#/channels/stream/messages/{frame.TYPE}"} for frame in frames[side]],
            }
            for name, action, side, summary in (
                ("fromServer", "send", "server", "What the server sends."),
                ("fromClient", "receive", "client", "What the server understands; all else ends the socket."),
            )
        },
        "components": {
            "messages": messages,
            "schemas": {
                **{_title(frame): _frame_schema(frame) for each in frames.values() for frame in each},
                **_event_schemas(),
                **_object_schemas(),
            },
        },
    }


def _title(frame: type[ClientFrame | ServerFrame]) -> str:
    return f"{frame.__name__}Frame"


def _message(frame: type[ClientFrame | ServerFrame]) -> dict[str, Any]:
    return {
        "name": frame.TYPE,
        "summary": _summary(frame),
        "payload": {"$ref": f"{_SCHEMAS}{_title(frame)}"},
    }


def _frame_schema(frame: type[ClientFrame | ServerFrame]) -> dict[str, Any]:
    """Return the JSON schema of a frame. A client's is closed: the server refuses more."""
    hints, notes = get_type_hints(frame), _notes(frame)
    properties: dict[str, Any] = {"type": {"const": frame.TYPE}}
    required = ["type"]
    for field in fields(frame):
        name = _wire_name(field)
        schema = _FIELDS.get((frame.TYPE, name)) or _schema(hints[field.name])
        properties[name] = {**schema, "description": notes[field.name]}
        if field.default is MISSING:
            required.append(name)
    closed = {"additionalProperties": False} if frame in CLIENT_FRAMES else {}
    return {
        "type": "object",
        "description": _summary(frame),
        "properties": properties,
        "required": required,
        **closed,
    }


def _wire_name(field: Field[Any]) -> str:
    name: str = field.metadata.get("wire", field.name)
    return name


def _schema(hint: Any) -> dict[str, Any]:
    if get_origin(hint) in (Union, types.UnionType):
        (one,) = (_schema(arg) for arg in get_args(hint) if arg is not type(None))
        return {**one, "type": [one["type"], "null"]}
    known: Mapping[Any, Mapping[str, Any]] = {
        bool: {"type": "boolean"},
        int: _SEQ,
        float: {"type": "number", "minimum": 0},
        str: {"type": "string"},
        datetime: _INSTANT,
    }
    return dict(known[hint])


def _summary(frame: type) -> str:
    return (frame.__doc__ or "").partition("\n")[0]


def _notes(frame: type) -> dict[str, str]:
    """Return what a class's docstring says of its attributes."""
    _, _, attributes = (frame.__doc__ or "").partition("Attributes:\n")
    found = re.findall(r"^ {8}(\w+): (.+(?:\n {9,}.+)*)", attributes, re.MULTILINE)
    return {name: re.sub(r"\s+", " ", note) for name, note in found}


def _event_schemas() -> dict[str, Any]:
    return {
        "Event": {
            "type": "object",
            "description": _summary(envelope.Event),
            "properties": {
                "v": {"const": envelope.VERSION},
                "stream": _UUID,
                "seq": {**_SEQ, "minimum": 1},
                "id": _UUID,
                "type": {"enum": [name for names in _EVENT_TYPES.values() for name in names]},
                "at": _INSTANT,
                "actor": {**_UUID, "type": ["string", "null"]},
                "op_id": {**_UUID, "type": ["string", "null"]},
                "data": {"type": "object"},
            },
            "required": ["v", "stream", "seq", "id", "type", "at", "actor", "op_id", "data"],
            "oneOf": [
                {
                    "properties": {
                        "type": {"enum": names},
                        "data": {
                            "properties": {kind: {"$ref": _SCHEMAS + _KINDS[kind]}, **_EXTRAS.get(kind, {})},
                            "required": [kind],
                        },
                    }
                }
                for kind, names in _EVENT_TYPES.items()
            ],
        },
        "SnapshotItem": {
            "type": "object",
            "description": "One object of the whole state.",
            "required": ["kind", "data"],
            "oneOf": [
                {"properties": {"kind": {"const": kind}, "data": {"$ref": _SCHEMAS + name}}}
                for kind, name in _KINDS.items()
            ],
        },
        "CloseCode": {
            "enum": [int(code) for code in CloseCode],
            "description": "; ".join(f"{int(code)}: {code.name.lower()}" for code in CloseCode),
        },
    }


def _object_schemas() -> dict[str, Any]:
    """Return the shapes of the kinds, and what these refer to, from the OpenAPI document."""
    generator: Any = SchemaGenerator  # it carries no types
    described = generator().get_schema(public=True)["components"]["schemas"]
    found: dict[str, Any] = {}
    wanted = list(_KINDS.values())
    while wanted:
        name = wanted.pop()
        if name not in found:
            found[name] = described[name]
            wanted += _references(described[name])
    return {name: found[name] for name in sorted(found)}


def _references(schema: Any) -> list[str]:
    if isinstance(schema, Mapping):
        own = [schema["$ref"].removeprefix(_SCHEMAS)] if "$ref" in schema else []
        return own + [name for value in schema.values() for name in _references(value)]
    if isinstance(schema, Sequence) and not isinstance(schema, str):
        return [name for value in schema for name in _references(value)]
    return []
