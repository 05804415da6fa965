"""Signs of any script part words, and in any locale: PostgreSQL's parser asks that what a letter is, ours does not."""

# ruff: noqa: RUF001 (signs that look alike are the point)

import sys
import unicodedata
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import quote

import psycopg
import pytest
from django.db import connection

from taskengine.accounts.models import User
from tests.support.accounts import AppClient
from tests.support.people import make_task
from tests.support.postgres import DatabaseServer, create_database, drop_database

pytestmark = pytest.mark.django_db

# Not the one in which the tests' server, as the embedded one, takes all beyond ASCII for letters.
LOCALE: Final = "en_US.UTF-8" if sys.platform == "darwin" else "C.UTF-8"
FUNCTIONS: Final = ("tasks_language", "tasks_plain", "tasks_words", "tasks_asked")
SIGNS: Final = [
    chr(code)
    for code in (
        *range(0x21, 0x3000),
        *range(0x3000, 0x3100),
        *range(0xA000, 0xD000),
        *range(0xF900, 0x20000),
    )
    if unicodedata.category(chr(code))[0] in "PSZ"
]


def titles(client: AppClient, q: str) -> list[str]:
    """Return what a person finds."""
    return [task["title"] for task in client.send("GET", f"/api/v1/tasks/?q={quote(q)}").json()["results"]]


@pytest.mark.parametrize(
    ("title", "found", "not_found"),
    [
        ("Read “Dune”", ["dune", "dune ", "“dune”", "„Dune“ "], ["une"]),
        ("«Stalker» ansehen", ["stalker ", "<<stalker>>"], []),
        ("Pay rent…", ["rent ", "rent…", "rent..."], []),
        ("Müller’s bill", ["müller ", "bill ", "Müller's", "müller’s "], []),
        ("Flüge München–Rom", ["rom", "münchen ", "München-Rom ", "rom – münchen "], ["münchen–paris", "rom–x"]),
        ("Tea — then work", ["tea ", "work"], []),
        ("¿Dónde está?", ["dónde ", "está "], []),
        ("買う。牛乳、卵", ["牛乳 ", "卵", "買う\u3000"], ["乳"]),
        ("Ｐａｙ！（ｎｏｗ）", ["ｎｏｗ "], []),
        ("🎉Party🎂 at Ben’s", ["party ", "🎉 party"], []),
        ("👩‍💻coding ❤️life", ["coding ", "life ", "❤️life "], []),
        ("€300→Ada", ["300 ", "ada"], []),
        ("12\u00a0000 steps", ["12 ", "steps "], []),
        ("Schiff\u00adfahrt", ["schifffahrt ", "schiff"], ["fahrt"]),
        ("שלום־עולם", ["עולם "], []),
        ("Paradise·\u200bnow", ["now "], []),
    ],
)  # fmt: skip
def test_signs_beyond_ascii_part_words(
    client: AppClient, ada: User, title: str, found: list[str], not_found: list[str]
) -> None:
    make_task(ada, title)
    make_task(ada, "Something else, of notes alone", notes="…")
    for q in found:
        assert titles(client, q) == [title], q
    for q in not_found:
        assert titles(client, q) == [], q


@pytest.fixture(scope="module")
def elsewhere(postgres: DatabaseServer) -> Iterator[str]:
    """A database in another locale, without tables."""
    name = create_database(postgres, prefix="locale", template="template0", locale=LOCALE)
    yield postgres.url(name)
    drop_database(postgres, name)


@pytest.fixture
def other(elsewhere: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection to that database, which has the functions of the test's."""
    with connection.cursor() as cursor, psycopg.connect(elsewhere) as there:
        for name in FUNCTIONS:
            cursor.execute("SELECT pg_get_functiondef(%s::regproc)", [name])
            (definition,) = cursor.fetchone() or ("",)
            there.execute(definition)
        yield there


def asked(there: psycopg.Connection[Any], statement: str, *values: str | None) -> tuple[Any, Any]:
    """Return what a statement answers in the test's database and in the other one."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        here = cursor.fetchone()
    return here, there.execute(statement, values).fetchone()


@pytest.mark.parametrize("language", [None, "de", "en", "fr"])
@pytest.mark.parametrize(
    "text",
    [
        "Read “Dune” – Müller’s bill… München–Rom",
        "L’été à Nîmes « tôt »",
        "買う。牛乳、卵 🎉party🎂 👩\u200d💻coding 1️⃣",
        "Schiff\u00adfahrt €300→Ada 12\u00a0000 שלום־עולם",
        "a-b “a”–b ada@example.org",
    ],
)
def test_words_and_queries_are_the_same_in_every_locale(
    other: psycopg.Connection[Any], text: str, language: str | None
) -> None:
    for statement in ("SELECT tasks_words(%s, %s, '')::text", "SELECT tasks_asked('key', %s, %s)::text"):
        here, there = asked(other, statement, language, text)
        assert here == there


def test_every_sign_parts_in_every_locale(other: psycopg.Connection[Any]) -> None:
    assert len(SIGNS) > 5_000
    statement = "SELECT strip(tasks_words(NULL, %s, ''))::text"
    here, there = asked(other, statement, "".join(f"a{sign}b " for sign in SIGNS))
    assert here == there == ("'a' 'b'",)


def test_what_the_locale_parts_all_the_same_has_to_stand_there_whole(other: psycopg.Connection[Any]) -> None:
    parted = "SELECT to_tsvector('simple', %s)::text"
    assert asked(other, parted, "m²x")[1] == ("'m':1 'x':2",), "else this shows nothing"
    finds = "SELECT tasks_words(NULL, %s, '') @@ tasks_asked('', NULL, 'm²x')"
    assert asked(other, finds, "m²x") == ((True,), (True,))
    for half in ("m", "x", "m 2"):
        assert asked(other, finds, half) == ((False,), (False,))
