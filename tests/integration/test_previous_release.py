"""The code of the release before this one runs on this one's tables: a deploy migrates first, then replaces processes.

What that code writes to is kept in `tests/contracts/schema.json`: the tables of the last release. What it says is kept in
`tests/contracts/statements.json`: all that the last release said to its database on a walk through every verb, read, claim
and sweep (`tests.support.walk`), with the values, to be said again to these tables. With the commit that releases a
version both are written anew (`make schema`), never to make this test pass.

Both are younger than 0.1.0, whose commit nobody recorded: they are of a day on the way to the next release, and hold its
migrations to it. Of 0.1.0 there are its tables (`schema-0.1.0.json`, as its own migrations make them), and not what it said.
"""

import json
import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest
from django.apps import apps
from django.db import connection

from taskengine import __version__
from tests.support.contracts import FOLDER
from tests.support.servers import ROOT
from tests.support.spoken import Refused, recorded, say_again
from tests.support.walk import walk

FILE: Final = FOLDER / "schema.json"
FIRST: Final = FOLDER / "schema-0.1.0.json"
SAID: Final = FOLDER / "statements.json"
CHANGELOG: Path = ROOT / "CHANGELOG.md"
# Tables of which no process of ours writes rows.
NOT_WRITTEN: Final = {
    "account_emailconfirmation",  # the links in mail are signed instead
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "accounts_user_groups",
    "accounts_user_user_permissions",
    "django_content_type",
    "tasks_document",  # a trigger writes it
}
# Tables that came after the last release, which its code therefore does not write: empty again with the next.
NEW: Final = {"accounts_letter"}
# Constraints that a later release added to tables of the last one, each with the reason why no row that the old code
# writes can break it.
_NEW_COLUMN: Final = "its column is new and may be null; the old code leaves it out"
HARMLESS: Final[dict[str, str]] = dict.fromkeys(
    (
        "accounts_user_gone",
        "tasks_task_estimate",
        "tasks_task_estimate_min_check",
        "tasks_task_parent",
        "tasks_task_project_exists",
    ),
    _NEW_COLUMN,
)

_COLUMNS: Final = """
SELECT table_name, column_name, CASE WHEN data_type = 'ARRAY' THEN udt_name ELSE data_type END
        || coalesce('(' || character_maximum_length || ')', ''),
    is_nullable = 'YES', column_default IS NOT NULL OR is_identity = 'YES' OR is_generated = 'ALWAYS'
FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY table_name, column_name
"""
# What can refuse a row. A unique index is none of PostgreSQL's constraints unless it was made as one.
_CONSTRAINTS: Final = """
SELECT conrelid::regclass::text, conname FROM pg_constraint
WHERE connamespace = current_schema()::regnamespace AND contype IN ('c', 'f', 'u', 'x')
UNION
SELECT indrelid::regclass::text, indexrelid::regclass::text FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
WHERE relnamespace = current_schema()::regnamespace AND indisunique AND NOT indisprimary
ORDER BY 1, 2
"""
_CONSTRAINED: Final = """
SELECT conrelid::regclass::text, array_agg(attname::text) FROM pg_constraint
JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY(conkey) WHERE conname = %s GROUP BY conrelid
"""


def schema() -> dict[str, Any]:
    """Return the tables as they are: each column's type and whether a row may lack it, and what refuses rows."""
    tables: dict[str, Any] = {}
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS)
        for table, column, type_, nullable, has_default in cursor.fetchall():
            columns = tables.setdefault(table, {"columns": {}, "constraints": []})["columns"]
            columns[column] = {
                "type": type_,
                "nullable": nullable,
                "may_be_left_out": nullable or has_default,
            }
        cursor.execute(_CONSTRAINTS)
        for table, name in cursor.fetchall():
            tables[table]["constraints"].append(name)
    return tables


def faults(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return what of the new tables the old code can't live with."""
    found = []
    for table, was in old.items():
        if table not in new:
            found.append(f"{table} is gone")
            continue
        columns = new[table]["columns"]
        for name, column in was["columns"].items():
            now = columns.get(name)
            if now is None:
                found.append(f"{table}.{name} is gone")
            elif now["type"] != column["type"]:
                found.append(f"{table}.{name} is {now['type']} and was {column['type']}")
            elif column["may_be_left_out"] and not now["may_be_left_out"]:
                found.append(f"{table}.{name} may not be left out any more")
            elif column["nullable"] and not now["nullable"]:
                found.append(f"{table}.{name} may not be null any more")
        found += [
            f"{table}.{name} is new, and the old code does not write it"
            for name, column in columns.items()
            if name not in was["columns"] and not column["may_be_left_out"]
        ]
        found += [
            f"{table}: {name} may refuse what the old code writes"
            for name in new[table]["constraints"]
            if name not in was["constraints"] and name not in HARMLESS
        ]
    return found


def released() -> str:
    """Return the version that this commit releases: what was recorded between two releases must not go by one's name."""
    _, unreleased, last, *_ = re.split(r"^## ", CHANGELOG.read_text(), flags=re.MULTILINE)
    assert unreleased.strip() == "[Unreleased]", "no release: what is new has no version in CHANGELOG.md yet"
    assert last.startswith(f"[{__version__}]"), f"{__version__} is not the newest version in CHANGELOG.md"
    return __version__


@pytest.mark.django_db
@pytest.mark.parametrize("file", [FILE, FIRST], ids=lambda file: file.name)
def test_the_last_releases_code_can_write_to_these_tables(file: Path) -> None:
    if os.environ.get("UPDATE_SCHEMA") and file == FILE:
        FILE.write_text(json.dumps({"release": released(), "tables": schema()}, indent=1) + "\n")
    assert faults(json.loads(file.read_text())["tables"], schema()) == []


@pytest.mark.django_db
def test_a_constraint_is_called_harmless_since_its_column_is_new() -> None:
    old, new = json.loads(FIRST.read_text())["tables"], schema()
    with connection.cursor() as cursor:
        for name in HARMLESS:
            cursor.execute(_CONSTRAINED, [name])
            ((table, columns),) = cursor.fetchall()
            added = set(columns) - set(old[table]["columns"])
            assert added, f"{name} is on columns that were there"
            assert all(new[table]["columns"][column]["nullable"] for column in added)
            # Where the column is null the row is let pass, whatever else is in it.
            assert name not in old[table]["constraints"]


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ("## [Unreleased]\n\n- New.\n\n## [{}] - a day\n", "no release"),
        ("## [Unreleased]\n\n## [0.0.1] - a day\n", "not the newest"),
    ],
)
def test_what_is_recorded_between_releases_does_not_go_by_the_name_of_one(
    words: str, fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    changelog = tmp_path / "CHANGELOG.md"
    monkeypatch.setattr(sys.modules[__name__], "CHANGELOG", changelog)
    changelog.write_text(words.format(__version__))
    with pytest.raises(AssertionError, match=fault):
        released()
    changelog.write_text(f"## [Unreleased]\n\n## [{__version__}] - a day\n\n- All.\n")
    assert released() == __version__


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ("ALTER TABLE tasks_task ADD COLUMN colour text NOT NULL", "tasks_task.colour is new"),
        ("ALTER TABLE tasks_task DROP COLUMN estimate_min", "tasks_task.estimate_min is gone"),
        ("ALTER TABLE tasks_task RENAME COLUMN notes TO words", "tasks_task.notes is gone"),
        ("ALTER TABLE tasks_task ALTER COLUMN estimate_min TYPE bigint", "tasks_task.estimate_min is bigint"),
        ("ALTER TABLE tasks_task ALTER COLUMN labels DROP DEFAULT", "tasks_task.labels may not be left out"),
        ("ALTER TABLE tasks_task ADD CHECK (priority < 4)", "may refuse"),
        ("CREATE UNIQUE INDEX one_title ON tasks_task (title)", "one_title may refuse"),
        ("DROP TABLE engine_heartbeat", "engine_heartbeat is gone"),
    ],
)
def test_what_it_could_not_live_with_is_seen(change: str, fault: str) -> None:
    old = schema()
    with connection.cursor() as cursor:
        cursor.execute(change)
    assert any(fault in each for each in faults(old, schema()))


@pytest.mark.django_db
def test_what_it_does_not_notice_is_let_pass() -> None:
    old = schema()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE tasks_task ADD COLUMN colour text")
        cursor.execute("ALTER TABLE tasks_task ADD COLUMN size integer NOT NULL DEFAULT 3")
        cursor.execute("CREATE TABLE shop_thing (id bigint PRIMARY KEY, size integer NOT NULL)")
        cursor.execute("CREATE INDEX by_title ON tasks_task (title)")
    assert faults(old, schema()) == []


def said() -> list[str]:
    """Return what the last release said."""
    statements: list[str] = json.loads(SAID.read_text())["statements"]
    return statements


@pytest.fixture
def says(db: None, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Callable[[], list[str]]:
    """What this release says."""
    settings.DEMO, settings.GEMINI_API_KEY = True, "so that what costs money is counted; nobody is asked"
    return lambda: recorded(lambda: walk(monkeypatch))


@pytest.mark.django_db
def test_what_the_last_release_says_is_understood_and_taken(request: pytest.FixtureRequest) -> None:
    if os.environ.get("UPDATE_SCHEMA"):
        statements = request.getfixturevalue("says")()
        SAID.write_text(json.dumps({"release": released(), "statements": statements}, indent=1) + "\n")
    say_again(said())


@pytest.mark.long
def test_this_release_can_be_held_to_what_it_says_when_it_is_the_last(says: Callable[[], list[str]]) -> None:
    statements = says()
    say_again(statements)
    assert tables() - NOT_WRITTEN == written(statements), (
        "Let tests.support.walk write to those that are missing."
    )


def test_the_walk_leaves_no_table_out() -> None:
    assert tables() - NOT_WRITTEN - NEW == written(said()), (
        "Is one new? Then name it, until the next release."
    )


def tables() -> set[str]:
    """Return all that there are."""
    return {model._meta.db_table for model in apps.get_models(include_auto_created=True)}


def written(statements: list[str]) -> set[str]:
    """Return the tables of ours to which rows are added."""
    return {name for each in statements for name in re.findall(r'INSERT INTO "?(\w+)"?', each)} & tables()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "why"),
    [
        ("ALTER TABLE tasks_task ADD COLUMN colour text NOT NULL", 'null value in column "colour"'),
        ("ALTER TABLE tasks_task RENAME COLUMN notes TO words", "does not exist"),
        ("ALTER TABLE realtime_stream DROP COLUMN epoch", "does not exist"),
        ("ALTER TABLE planning_breakdown ADD CHECK (attempt < 2)", "violates check constraint"),
        ("CREATE UNIQUE INDEX one_each ON tasks_task (owner_id)", "duplicate key"),
        ("ALTER TABLE operations_operation ALTER COLUMN verb TYPE varchar(4)", "too long"),
    ],
)
def test_what_it_says_and_could_not_live_with_is_seen(change: str, why: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(change)
    with pytest.raises(Refused, match=why):
        say_again(said())
