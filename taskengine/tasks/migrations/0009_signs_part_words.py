"""Every sign parts words, not the 32 of ASCII alone, and the same way whatever locale the database has.

PostgreSQL's parser asks the locale what a letter is; under "C" all beyond ASCII is one, and “Dune” a word with its
quotation marks. So they are gone before it reads. Nothing waits for this: the words of the tasks that are there are
looked at by the thousand, each thousand in a transaction of its own, and written where they came out otherwise. Until
then those are found as before. If it is interrupted, run it again.
"""

import unicodedata
from itertools import groupby

from django.db import connection, migrations

_BATCH_ROWS = 1_000

_ZERO_WIDTH_SPACE = "\u200b"
# Beyond ASCII: all planes but those that hold Chinese characters only, and the one that makes flags of emoji.
_LOOKED_AT = (*range(0x80, 0x20000), *range(0xE0000, 0xE01F0))

# Ranges of code points under "C" mean the same everywhere, and take a quarter of the time that `translate` took.
_FUNCTIONS = r"""
CREATE OR REPLACE FUNCTION tasks_plain(written text) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT regexp_replace(
        regexp_replace(written COLLATE "C", '[{unseen}]+', '', 'g'), '[!-/:-@\[-`{{-~{sign}]+', ' ', 'g')
$$;

-- What somebody typed, as a query: every word, in either form; the last is a beginning while no space follows it. Words
-- are counted by the parser: where it parts what we do not, each part has to stand there.
CREATE OR REPLACE FUNCTION tasks_asked(key text, code text, typed text) RETURNS tsquery STABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT string_agg('(' || forms || ')', ' & ')::tsquery
    FROM (
        SELECT string_agg(DISTINCT '''' || key || left(form, 100) || '''' || ending, ' | ') AS forms
        FROM (
            SELECT form, place,
                CASE WHEN place = max(place) OVER () AND typed COLLATE "C" !~ '[\s\u00A0\u3000]$' THEN ':*' ELSE '' END
            FROM unnest(to_tsvector('pg_catalog.simple', tasks_plain(typed))) AS w (form, places), unnest(places) AS place
            UNION
            SELECT form, place, ''
            FROM unnest(to_tsvector(tasks_language(code), tasks_plain(typed))) AS w (form, places), unnest(places) AS place
        ) AS f (form, place, ending)
        GROUP BY place
    ) AS either
$$;
"""

# The words are those that were read, by `xmin`: who changes a task meanwhile has a trigger that writes them.
_READ_ANEW = """
WITH batch AS (
    SELECT t.id, d.xmin AS written, d.words, tasks_words(u.language, t.title, t.notes) AS anew
    FROM (SELECT * FROM tasks_task WHERE id > %s ORDER BY id LIMIT %s) AS t
    JOIN accounts_user AS u ON u.id = t.owner_id JOIN tasks_document AS d ON d.task_id = t.id
), made AS (
    UPDATE tasks_document AS d SET words = batch.anew
    FROM batch WHERE d.task_id = batch.id AND d.xmin = batch.written AND batch.anew <> batch.words
)
SELECT id FROM batch ORDER BY id DESC LIMIT 1
"""


def _kind(code):
    """Say what a character does to words: it is a `sign` that parts them, `unseen` in them, or a part of one.

    Signs are punctuation, symbols, spaces, and the box around a keycap. Unseen is what is there for the character beside
    it only: a soft hyphen, a joiner, what makes an emoji of it.
    """
    character = chr(code)
    category = unicodedata.category(character)
    if category[0] in "PSZ" or category == "Me" or character == _ZERO_WIDTH_SPACE:
        return "sign"
    if category == "Cf" or unicodedata.name(character, "").startswith("VARIATION SELECTOR"):
        return "unseen"
    return "letter"


def _part_by_signs(apps, schema_editor):
    """Replace the functions. What nobody has assigned yet goes with its neighbours."""
    ranges = {"sign": "", "unseen": "", "letter": ""}
    assigned = (code for code in _LOOKED_AT if unicodedata.category(chr(code)) not in {"Cn", "Co", "Cs"})
    for kind, group in groupby(assigned, key=_kind):
        codes = list(group)
        ranges[kind] += rf"\U{codes[0]:08X}-\U{codes[-1]:08X}"
    with connection.cursor() as cursor:
        cursor.execute(_FUNCTIONS.format(**ranges))


def _read_anew(apps, schema_editor):
    """Make the words anew of the tasks that were there before these functions."""
    with connection.cursor() as cursor:
        after = "00000000-0000-0000-0000-000000000000"
        while True:
            cursor.execute(_READ_ANEW, [after, _BATCH_ROWS])
            last = cursor.fetchone()
            if last is None:
                return
            (after,) = last


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("tasks", "0008_trash"),
    ]

    operations = [
        migrations.RunPython(_part_by_signs, migrations.RunPython.noop),
        migrations.RunPython(_read_anew, migrations.RunPython.noop, elidable=True),
    ]
