"""The state that a client keeps: the reference for what snapshot and events mean."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

State = dict[tuple[str, str], dict[str, Any]]


def from_snapshot(items: Iterable[Mapping[str, Any]]) -> State:
    """Return the state that a snapshot is."""
    return {(item["kind"], item["data"]["id"]): dict(item["data"]) for item in items}


def apply(state: State, event: Mapping[str, Any]) -> None:
    """Take one event in: the whole object takes the old one's place, or goes."""
    kind, _, verb = event["type"].partition(".")
    data = event["data"][kind]
    if verb == "deleted":
        state.pop((kind, data["id"]), None)
    else:
        state[kind, data["id"]] = dict(data)


def as_of(state: State, now: datetime) -> State:
    """Return the state at an instant: buckets by the clock, without what was closed or left long ago."""
    kept: State = {}
    for (kind, id_), data in state.items():
        if kind == "task" and _is_kept(data, now):
            kept[kind, id_] = {**data, "bucket": _bucket(data, now)}
        elif (kind == "breakdown" and _is_kept_draft(data, now)) or kind in {"project", "label"}:
            kept[kind, id_] = data
    return kept


def _bucket(task: Mapping[str, Any], now: datetime) -> str:
    if task["completed_at"] is not None:
        return "completed"
    if task["deadline"] is not None and datetime.fromisoformat(task["deadline"]) <= now:
        return "missed"
    return "upcoming"


def _is_kept(task: Mapping[str, Any], now: datetime) -> bool:
    closed = task["completed_at"]
    return closed is None or datetime.fromisoformat(closed) > now - timedelta(days=30)


def _is_kept_draft(draft: Mapping[str, Any], now: datetime) -> bool:
    touched = datetime.fromisoformat(draft["updated_at"])
    return draft["status"] not in {"applied", "cancelled"} and touched > now - timedelta(days=7)
