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
    """Return the state at an instant: buckets by the clock, without what was closed long ago."""
    return {key: {**task, "bucket": _bucket(task, now)} for key, task in state.items() if _is_kept(task, now)}


def _bucket(task: Mapping[str, Any], now: datetime) -> str:
    if task["completed_at"] is not None:
        return "completed"
    if task["deadline"] is not None and datetime.fromisoformat(task["deadline"]) <= now:
        return "missed"
    return "upcoming"


def _is_kept(task: Mapping[str, Any], now: datetime) -> bool:
    closed = task["completed_at"]
    return closed is None or datetime.fromisoformat(closed) > now - timedelta(days=30)
