"""What a restore refuses, before it touches anything, and what it leaves of a database that it replaces."""

import dataclasses
import io

import pytest

from realtime.models import Stream
from taskengine import clock
from taskengine.accounts.models import Letter, User
from taskengine.backups import making, restoring
from taskengine.backups.archive import FORMAT, Manifest, Reader, Writer
from taskengine.backups.errors import InUse, NewerBackup, NewerDatabase, NotABackup
from taskengine.tasks.models import Task
from tests.support.people import make_person, make_task


def backup() -> io.BytesIO:
    """Return a backup of the test's database."""
    file = io.BytesIO()
    making.back_up(file)
    return file


def with_manifest(manifest: Manifest) -> Reader:
    """Return a backup that says something of itself, and has nothing in it."""
    file = io.BytesIO()
    Writer(file).finish(dataclasses.replace(manifest, tables=()))
    return Reader(file)


@pytest.mark.django_db(transaction=True)
def test_a_restore_that_replaces_leaves_nothing_of_what_was_there() -> None:
    ada = make_person("ada")
    make_task(ada, "Saved")
    epoch = Stream.objects.get(pk=ada.pk).epoch
    file = backup()
    make_task(make_person("bob"), "Not saved")
    make_task(ada, "Not saved either")

    with pytest.raises(InUse):
        restoring.restore(Reader(file), replace=False)
    assert User.objects.count() == 2

    restoring.restore(Reader(file), replace=True)
    assert [user.email for user in User.objects.all()] == ["ada@example.org"]
    assert [task.title for task in Task.objects.all()] == ["Saved"]
    stream = Stream.objects.get()
    assert (stream.pk, stream.seq) == (ada.pk, 1)
    assert stream.epoch != epoch
    make_task(ada, "Goes on")
    assert Stream.objects.get().seq == 2


@pytest.mark.django_db(transaction=True)
def test_no_letter_that_waits_is_in_a_backup_or_goes_out_after_a_restore() -> None:
    make_person("ada")
    at = clock.now()
    about = {"template": "a/b", "subject": "A word", "body": "a link that sets a password"}
    Letter.objects.create(**about, recipient="ada@example.org", created_at=at, due_at=at)
    reader = Reader(backup())
    assert "accounts_letter" not in {table.name for table in reader.manifest.tables}

    restoring.restore(reader, replace=True)
    assert User.objects.exists()
    assert not Letter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_what_does_not_go_in_whole_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    make_task(make_person("ada"), "Saved")
    reader = Reader(backup())
    make_task(User.objects.get(), "Later")
    short = [
        dataclasses.replace(table, rows=table.rows + (table.name == "tasks_task"))
        for table in reader.manifest.tables
    ]
    reader.manifest = dataclasses.replace(reader.manifest, tables=tuple(short))
    with pytest.raises(NotABackup, match="tasks_task has 1 rows, and 2 were saved"):
        restoring.restore(reader, replace=True)
    assert Task.objects.count() == 2


@pytest.mark.django_db
def test_backups_of_other_versions_are_refused_with_what_to_do() -> None:
    manifest = Reader(backup()).manifest
    newer = (*manifest.migrations, ("tasks", "9999_of_the_future"))
    with pytest.raises(NewerBackup, match=r"tasks\.9999_of_the_future"):
        restoring.restore(with_manifest(dataclasses.replace(manifest, migrations=newer)), replace=True)
    older = tuple(each for each in manifest.migrations if each != ("tasks", "0008_trash"))
    with pytest.raises(NewerDatabase, match=r"tasks\.0008_trash"):
        restoring.restore(with_manifest(dataclasses.replace(manifest, migrations=older)), replace=True)
    with pytest.raises(NewerBackup, match="format 99"):
        Manifest.decoded(manifest.encoded().replace(b'"format": %d' % FORMAT, b'"format": 99'))


@pytest.mark.django_db
def test_a_file_that_was_cut_off_or_changed_is_no_backup() -> None:
    whole = backup().getvalue()
    with pytest.raises(NotABackup):
        Reader(io.BytesIO(whole[:-100]))
    with pytest.raises(NotABackup):
        Reader(io.BytesIO(b"-- PostgreSQL database dump"))
    changed = bytearray(whole)
    changed[len(whole) // 4] ^= 0xFF
    with pytest.raises(NotABackup):
        restoring.restore(Reader(io.BytesIO(bytes(changed))), replace=True)
