"""The words that tasks are found by: a table, the functions that say what a word is, and the triggers that keep it.

Nothing waits for it: words are made of the tasks that are there by the thousand, each in a transaction of its own,
and the index is built beside reads and writes. On a million tasks it takes a few minutes. If it is interrupted,
drop the table `tasks_document` and run it again.
"""

import django.contrib.postgres.search
import django.db.models.deletion
from django.db import connection, migrations, models

_BATCH_ROWS = 5_000

_CASCADE = """
ALTER TABLE tasks_document ADD CONSTRAINT tasks_document_of_task FOREIGN KEY (task_id)
    REFERENCES tasks_task (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED
"""

# How text becomes words. Punctuation parts them everywhere, so that "ada@example.org" is found by "exam", and no word
# holds a character that the syntax of queries knows.
_FUNCTIONS = r"""
CREATE FUNCTION tasks_language(code text) RETURNS regconfig IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT CASE code
        WHEN 'da' THEN 'pg_catalog.danish'::regconfig     WHEN 'de' THEN 'pg_catalog.german'::regconfig
        WHEN 'en' THEN 'pg_catalog.english'::regconfig    WHEN 'es' THEN 'pg_catalog.spanish'::regconfig
        WHEN 'fi' THEN 'pg_catalog.finnish'::regconfig    WHEN 'fr' THEN 'pg_catalog.french'::regconfig
        WHEN 'hu' THEN 'pg_catalog.hungarian'::regconfig  WHEN 'it' THEN 'pg_catalog.italian'::regconfig
        WHEN 'nl' THEN 'pg_catalog.dutch'::regconfig      WHEN 'no' THEN 'pg_catalog.norwegian'::regconfig
        WHEN 'pt' THEN 'pg_catalog.portuguese'::regconfig WHEN 'ro' THEN 'pg_catalog.romanian'::regconfig
        WHEN 'ru' THEN 'pg_catalog.russian'::regconfig    WHEN 'sv' THEN 'pg_catalog.swedish'::regconfig
        WHEN 'tr' THEN 'pg_catalog.turkish'::regconfig    ELSE 'pg_catalog.simple'::regconfig
    END
$$;

CREATE FUNCTION tasks_plain(written text) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT translate(written, E'!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~', repeat(' ', 32))
$$;

-- As they stand, and in the form that the language's dictionary gives them. The title counts more than the notes.
CREATE FUNCTION tasks_words(code text, title text, notes text) RETURNS tsvector IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT setweight(to_tsvector('pg_catalog.simple', tasks_plain(title)), 'A')
        || setweight(to_tsvector('pg_catalog.simple', tasks_plain(notes)), 'C')
        || CASE WHEN code IS NULL THEN ''::tsvector
            ELSE setweight(to_tsvector(tasks_language(code), tasks_plain(title)), 'A')
                || setweight(to_tsvector(tasks_language(code), tasks_plain(notes)), 'C') END
$$;

CREATE FUNCTION tasks_key(owner uuid) RETURNS text IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT replace(owner::text, '-', '')
$$;

-- What the index holds: each word after its owner, so that one person's words lie together in it. Of words longer
-- than a hundred characters it knows the beginning.
CREATE FUNCTION tasks_keyed(owner uuid, words tsvector) RETURNS tsvector IMMUTABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT array_to_tsvector(ARRAY(
        SELECT replace(owner::text, '-', '') || left(word, 100) FROM unnest(tsvector_to_array(words)) AS word
    ))
$$;

-- What somebody typed, as a query: every word, in either form; the last is a beginning while no space follows it.
CREATE FUNCTION tasks_asked(key text, code text, typed text) RETURNS tsquery STABLE PARALLEL SAFE LANGUAGE sql AS $$
    SELECT string_agg('(' || forms || ')', ' & ')::tsquery
    FROM (
        SELECT *, place = max(place) OVER () AND typed !~ '\s$' AS is_beginning
        FROM regexp_split_to_table(tasks_plain(typed), '\s+') WITH ORDINALITY AS t (token, place)
        WHERE token <> ''
    ) AS tokens, LATERAL (
        SELECT string_agg(DISTINCT '''' || key || left(form, 100) || '''' || ending, ' | ') AS forms
        FROM (
            SELECT unnest(tsvector_to_array(to_tsvector('pg_catalog.simple', token))),
                CASE WHEN is_beginning THEN ':*' ELSE '' END
            UNION SELECT unnest(tsvector_to_array(to_tsvector(tasks_language(code), token))), ''
        ) AS f (form, ending)
    ) AS either
    WHERE forms IS NOT NULL
$$;
"""

# New tasks by the statement, however many. Changed ones by the row, which is looked at only where a statement names
# the columns: firing a deadline does not.
_TRIGGERS = """
CREATE FUNCTION tasks_read_new() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tasks_document (task_id, owner_id, words)
    SELECT t.id, t.owner_id, tasks_words(u.language, t.title, t.notes)
    FROM new_tasks AS t JOIN accounts_user AS u ON u.id = t.owner_id;
    RETURN NULL;
END $$;

CREATE FUNCTION tasks_read_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO tasks_document (task_id, owner_id, words)
    SELECT NEW.id, u.id, tasks_words(u.language, NEW.title, NEW.notes)
    FROM accounts_user AS u WHERE u.id = NEW.owner_id
    ON CONFLICT (task_id) DO UPDATE SET words = EXCLUDED.words;
    RETURN NULL;
END $$;

CREATE TRIGGER tasks_read_new AFTER INSERT ON tasks_task
    REFERENCING NEW TABLE AS new_tasks FOR EACH STATEMENT EXECUTE FUNCTION tasks_read_new();
CREATE TRIGGER tasks_read_changed AFTER UPDATE OF title, notes ON tasks_task FOR EACH ROW
    WHEN (OLD.title IS DISTINCT FROM NEW.title OR OLD.notes IS DISTINCT FROM NEW.notes)
    EXECUTE FUNCTION tasks_read_changed();
"""
_NO_TRIGGERS = """
DROP TRIGGER tasks_read_changed ON tasks_task;
DROP TRIGGER tasks_read_new ON tasks_task;
DROP FUNCTION tasks_read_changed, tasks_read_new;
"""
_NO_FUNCTIONS = "DROP FUNCTION tasks_asked, tasks_keyed, tasks_key, tasks_words, tasks_plain, tasks_language"

# Without `fastupdate`: a search would have to go through its pending list, and some write empty it.
_INDEX = """
CREATE INDEX CONCURRENTLY tasks_document_words ON tasks_document
    USING gin (tasks_keyed(owner_id, words)) WITH (fastupdate = off)
"""


def _read(apps, schema_editor):
    """Make the words of the tasks that were there before the triggers."""
    with connection.cursor() as cursor:
        after = "00000000-0000-0000-0000-000000000000"
        while True:
            cursor.execute(
                "WITH batch AS (SELECT id, owner_id, title, notes FROM tasks_task WHERE id > %s ORDER BY id LIMIT %s),"
                " made AS (INSERT INTO tasks_document (task_id, owner_id, words)"
                "   SELECT s.id, s.owner_id, tasks_words(u.language, s.title, s.notes)"
                "   FROM batch AS s JOIN accounts_user AS u ON u.id = s.owner_id ON CONFLICT DO NOTHING)"
                " SELECT id FROM batch ORDER BY id DESC LIMIT 1",
                [after, _BATCH_ROWS],
            )
            last = cursor.fetchone()
            if last is None:
                return
            (after,) = last


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("accounts", "0004_user_language"),
        ("tasks", "0005_place_indexes"),
    ]

    operations = [
        migrations.CreateModel(
            name="Document",
            fields=[
                (
                    "task",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="tasks.task",
                    ),
                ),
                ("owner_id", models.UUIDField()),
                ("words", django.contrib.postgres.search.SearchVectorField()),
            ],
        ),
        migrations.RunSQL(_CASCADE, migrations.RunSQL.noop),
        migrations.RunSQL(_FUNCTIONS, _NO_FUNCTIONS),
        migrations.RunSQL(_TRIGGERS, _NO_TRIGGERS),
        migrations.RunPython(_read, migrations.RunPython.noop, elidable=True),
        migrations.RunSQL(_INDEX, "DROP INDEX tasks_document_words"),
    ]
