"""A Todoist backup, as its export writes it: nothing of it is dropped without a word."""

from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from taskengine.portability import todoist
from taskengine.portability.bundle import Bundle, NewTask
from taskengine.portability.errors import UnreadableFile

HEADER = (
    "TYPE,CONTENT,DESCRIPTION,IS_COLLAPSED,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE,"
    "DURATION,DURATION_UNIT,DEADLINE,DEADLINE_LANG"
)
BACKUP = "\r\n".join(
    [
        HEADER,
        "meta,view_style=list,,,,,,,,,,,,,",
        "task,Repot the basil @garden @weekend,The pot is in the shed,,1,1,Ada (1),,2026-11-27,en,Europe/London,30,minute,,",
        "task,Buy compost,,,4,2,Ada (1),,,en,Europe/London,,None,,",
        "note,Get the peat-free one,,,,,Ada (1),,2026-11-20T10:00:00.000000Z,,,,,,",
        ",,,,,,,,,,,,,,",
        "section,Weekly,What comes again,,,,,,,,,,,,",
        "task,Water the ferns,,,2,1,Ada (1),Bob (2),every monday at 9am,en,Europe/London,2,day,,",
        'task,"Order seeds, ""heirloom"" kind",,,3,1,Ada (1),,tomorrow,en,Europe/London,,,2026-12-09,en',
        "project_note,Ask the neighbours,,,,,Ada (1),,,,,,,,",
    ]
)


def read(text: str = BACKUP, project: str = "Garden [2203306141].csv") -> Bundle:
    return todoist.read(text, project=project, zone=ZoneInfo("Europe/Berlin"))


def rows(*rows: str) -> str:
    return "\n".join(["TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,DATE,TIMEZONE", *rows])


def by_title(bundle: Bundle) -> dict[str, NewTask]:
    return {task.title: task for task in bundle.tasks.values()}


def test_a_backup_comes_in_whole() -> None:
    bundle = read()
    assert bundle.faults == []
    assert [named.name for named in bundle.projects.values()] == ["Garden"]
    assert sorted(bundle.labels) == ["Weekly", "garden", "weekend"]
    tasks = by_title(bundle)
    basil, compost, ferns, seeds = tasks.values()
    assert list(tasks) == [
        "Repot the basil",
        "Buy compost",
        "Water the ferns",
        'Order seeds, "heirloom" kind',
    ]
    assert (basil.priority, basil.estimate_min, basil.labels) == (1, 30, ("garden", "weekend"))
    assert (basil.due_date, basil.time_zone) == (date(2026, 11, 27), "Europe/London")
    assert compost.parent == basil.place
    assert compost.notes == "Get the peat-free one", "a comment belongs to the task above it"
    assert (ferns.parent, ferns.labels, ferns.due_date) == (None, ("Weekly",), None)
    assert ferns.notes == "Date: every monday at 9am\n\nDuration: 2 day\n\nWhose task it is: Bob (2)"
    assert (seeds.due_date, seeds.notes) == (date(2026, 12, 9), "Date: tomorrow"), "the deadline is one"


def test_all_that_does_not_come_in_as_it_stands_is_told() -> None:
    told = [(warning.pointer, warning.code) for warning in read().warnings]
    assert told == [
        ("/rows/2", "appearance_left"),
        ("/rows/7", "section_as_label"),
        ("/rows/7", "description_left"),
        ("/rows/8/DATE", "kept_in_notes"),
        ("/rows/8/DURATION", "kept_in_notes"),
        ("/rows/8/RESPONSIBLE", "kept_in_notes"),
        ("/rows/9/DATE", "kept_in_notes"),
        ("/rows/10", "comment_left"),
    ]


def test_one_is_the_highest_priority_as_people_count() -> None:
    bundle = read(rows("task,A,,1,1,,", "task,B,,4,1,,", "task,C,,,1,,", "task,D,,5,1,,"))
    assert {title: task.priority for title, task in by_title(bundle).items()} == {"A": 1, "B": 4, "C": 4}
    assert [warning.code for warning in bundle.warnings] == ["no_priority"]
    assert [(fault.pointer, fault.code) for fault in bundle.faults] == [("/rows/5/priority", "invalid")]


def test_indents_are_parts_and_one_too_many_is_as_deep_as_can_be() -> None:
    bundle = read(
        rows(
            "task,A,,1,1,,",
            "task,AA,,1,2,,",
            "task,AAA,,1,3,,",
            "task,AB,,1,2,,",
            "task,B,,1,1,,",
            "task,BA,,1,4,,",
        )
    )
    titles = {task.place: task.title for task in bundle.tasks.values()}
    assert {task.title: titles.get(task.parent or "") for task in bundle.tasks.values()} == {
        "A": None, "AA": "A", "AAA": "AA", "AB": "A", "B": None, "BA": "B",
    }  # fmt: skip
    assert [(warning.pointer, warning.code) for warning in bundle.warnings] == [("/rows/7/INDENT", "indent")]


@pytest.mark.parametrize(
    ("content", "title", "labels"),
    [
        ("Mail ada@example.org @mail", "Mail ada@example.org", ("mail",)),
        ("@home @work", "@home @work", ()),
        ("Meet @ noon", "Meet @ noon", ()),
        ("@home sweep @home", "sweep", ("home",)),
    ],
)
def test_labels_stand_in_the_content(content: str, title: str, labels: tuple[str, ...]) -> None:
    (task,) = read(rows(f"task,{content},,1,1,,")).tasks.values()
    assert (task.title, task.labels) == (title, labels)


def test_a_time_without_a_zone_is_by_the_persons_clock() -> None:
    (task,) = read(rows("task,A,,1,1,2026-11-27 17:00,")).tasks.values()
    assert task.deadline == datetime(2026, 11, 27, 16, 0, tzinfo=UTC)


def test_a_time_in_a_zone_that_nobody_knows_stays_text() -> None:
    bundle = read(rows("task,A,,1,1,2026-11-27 17:00,Mars/Olympus"))
    (task,) = bundle.tasks.values()
    assert (task.deadline, task.notes) == (None, "Date: 2026-11-27 17:00")
    assert [warning.code for warning in bundle.warnings] == ["kept_in_notes"]


@pytest.mark.parametrize(
    ("row", "pointer"),
    [
        ("task,,,1,1,,", "/rows/2/title"),
        (f"task,{'x' * 501},,1,1,,", "/rows/2/title"),
        ("goal,A,,1,1,,", "/rows/2/TYPE"),
        (f"section,{'x' * 121},,,,,", "/rows/2/name"),
    ],
)
def test_what_can_be_no_task_is_at_fault(row: str, pointer: str) -> None:
    bundle = read(rows(row))
    assert (bundle.tasks, [fault.pointer for fault in bundle.faults]) == ({}, [pointer])


def test_what_is_no_backup_is_refused() -> None:
    with pytest.raises(UnreadableFile):
        read("title,notes\nA,B")


@pytest.mark.parametrize(
    ("file_name", "name"),
    [("Garden", "Garden"), ("Garden.csv", "Garden"), ("My [old] plans [22].csv", "My [old] plans"), ("", "")],
)
def test_the_project_is_called_as_its_file(file_name: str, name: str) -> None:
    assert todoist.project_name(file_name) == name


def test_an_unknown_column_is_told_of() -> None:
    bundle = read("TYPE,CONTENT,PRIORITY,REMINDER\ntask,A,1,an hour before")
    told: list[Any] = [(warning.pointer, warning.code) for warning in bundle.warnings]
    assert told == [("/rows/2/REMINDER", "column_left")]
