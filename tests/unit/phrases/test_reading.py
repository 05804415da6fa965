"""What is understood of a line, and what stays in its title."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from taskengine.phrases.reading import Reading, read
from taskengine.phrases.spans import MAX_TEXT_CHARS, Kind
from tests.unit.phrases.table import LINES

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 22, 11, 0, tzinfo=UTC)
LINE = "Send invoice friday 5pm #work @finance !1 ~30m"


def understood(text: str, **given_too: object) -> Reading:
    return read(text, **{"now": NOW, "zone": BERLIN, **given_too})  # type: ignore[arg-type]


def due(reading: Reading) -> str | None:
    if reading.due_date is not None:
        return reading.due_date.isoformat()
    if reading.deadline is None:
        return None
    return reading.deadline.astimezone(BERLIN).strftime("%Y-%m-%d %H:%M")


@pytest.mark.parametrize(("language", "text", "title", "by"), LINES)
def test_a_line_is_due_by_what_it_says(language: str, text: str, title: str, by: str | None) -> None:
    reading = understood(text, language=language)
    assert (reading.title, due(reading)) == (title, by)


def test_a_whole_line_is_understood() -> None:
    reading = understood(LINE)
    assert reading == Reading(
        title="Send invoice",
        deadline=datetime(2026, 11, 27, 16, 0, tzinfo=UTC),
        project="work",
        labels=("finance",),
        priority=1,
        estimate_min=30,
        spans=reading.spans,
    )
    assert [(span.kind.value, span.within(LINE)) for span in reading.spans] == [
        ("deadline", "friday 5pm"),
        ("project", "#work"),
        ("label", "@finance"),
        ("priority", "!1"),
        ("estimate", "~30m"),
    ]


@pytest.mark.parametrize(
    ("written", "minutes"),
    [("~30m", 30), ("~90min", 90), ("~2h", 120), ("~1h30", 90), ("~1h30m", 90), ("~1.5h", 90), ("~1,5h", 90),
     ("~30", None), ("~0m", None), ("~200h", None), ("a~30m", None), ("~30mice", None)],
)  # fmt: skip
def test_an_estimate_is_so_many_minutes(written: str, minutes: int | None) -> None:
    reading = understood(f"Write {written}")
    assert reading.estimate_min == minutes
    assert reading.title == ("Write" if minutes else f"Write {written}")


@pytest.mark.parametrize("written", ["!0", "!5", "!!1", "!12", "a!1", "wow !"])
def test_what_only_looks_like_a_priority_stays(written: str) -> None:
    reading = understood(f"Write {written}")
    assert (reading.priority, reading.title) == (None, f"Write {written}")


@pytest.mark.parametrize(
    "written", ["#12", "a#work", "#", "# work", "bob@example.org", "@5pm", "https://x.org/#work"]
)
def test_what_only_looks_like_a_name_stays(written: str) -> None:
    reading = understood(f"Write {written}")
    assert (reading.project, reading.labels, reading.title) == (None, (), f"Write {written}")


def test_a_known_name_may_have_gaps_and_is_written_as_it_is() -> None:
    known = {"projects": ["Home", "Home improvement"], "labels": ["At Desk"]}
    reading = understood("Paint #home improvement @at desk today", **known)
    assert (reading.project, reading.labels) == ("Home improvement", ("At Desk",))
    assert (reading.title, due(reading)) == ("Paint", "2026-11-22")
    assert understood("Paint #home improved", **known).project == "Home"


def test_a_new_name_with_gaps_stands_in_quotation_marks() -> None:
    reading = understood('Paint #"Home improvement" tomorrow')
    assert (reading.project, reading.title) == ("Home improvement", "Paint")


def test_the_last_of_two_counts_and_all_labels_do() -> None:
    reading = understood("A #one #two @x @y @X !1 !2 ~1h ~2h")
    assert (reading.project, reading.labels) == ("two", ("X", "y"))
    assert (reading.priority, reading.estimate_min) == (2, 120)
    assert reading.title == "A #one !1 ~1h"


def test_what_was_taken_back_stays_until_it_is_written_otherwise() -> None:
    assert understood("Read friday 5pm", plain=["friday 5pm"]).title == "Read friday 5pm"
    assert due(understood("Read friday 6pm", plain=["friday 5pm"])) == "2026-11-27 18:00"
    assert due(understood("Read friday", plain=["fri"])) == "2026-11-27"
    assert understood("Read #work", plain=["#work"]).project is None
    assert understood("Read !1", plain=["!1"]).priority is None


def test_an_hour_that_the_clocks_skip_is_after_it_and_of_two_it_is_the_first() -> None:
    skipped = understood("Wake 2027-03-28 02:30")
    assert skipped.deadline == datetime(2027, 3, 28, 1, 30, tzinfo=UTC)
    twice = understood("Wake 2027-10-31 02:30")
    assert twice.deadline == datetime(2027, 10, 31, 0, 30, tzinfo=UTC)


def test_so_many_hours_are_hours_when_the_clocks_change() -> None:
    night = datetime(2027, 3, 28, 0, 30, 0, 1, tzinfo=UTC)
    reading = understood("Wake in 2 hours", now=night)
    assert reading.deadline == datetime(2027, 3, 28, 2, 30, 1, tzinfo=UTC)


def test_today_is_the_persons_own() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)
    assert understood("Go today", now=late).due_date == date(2026, 11, 23)
    assert understood("Go today", now=late, zone=ZoneInfo("America/New_York")).due_date == date(2026, 11, 22)


def test_a_month_before_its_day_is_for_those_who_write_so() -> None:
    assert understood("Go on 3/4", language="en").due_date == date(2027, 3, 4)
    assert understood("Go on 3/4", language="es-MX").due_date is not None


def test_what_no_calendar_has_stays() -> None:
    for text in ("Go in 999 years", "Go 31/31/2027", "Go on feb 30", "Go in 0 days"):
        assert understood(text, now=datetime(8999, 12, 30, tzinfo=UTC)).deadline is None


WORDS = st.sampled_from(
    [*LINE.split(), "in", "3", "days", "2h", "tomorrow", "at", "noon", "every", "by", "may", "5", "24.12.", "on",
     "next", "week", "um", "17", "Uhr", "mañana", "por", "la", "el", "morgen", "früh", ",", "“", "”", '"', "#", "@Ä",
     "2026-12-24", "12/24", "am", "the", "of", "december", "29", "feb", "\u200b", "👍"]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=MAX_TEXT_CHARS),
    st.lists(WORDS, max_size=30).map(" ".join),
    st.lists(WORDS, max_size=30).map("".join),
)


@settings(max_examples=200, deadline=None)
@given(
    text=TEXTS.map(lambda text: text[:MAX_TEXT_CHARS]),
    language=st.sampled_from(["en", "de", "es", "fr", "xx-YY", None]),
    now=st.datetimes(datetime(1971, 1, 1), datetime(2400, 1, 1)).map(lambda now: now.replace(tzinfo=UTC)),  # noqa: DTZ001
    zone=st.sampled_from(["UTC", "Europe/Berlin", "America/St_Johns", "Pacific/Apia", "Asia/Kolkata"]).map(
        ZoneInfo
    ),
    plain=st.lists(st.text(max_size=9), max_size=3),
)
@example(text=LINE, language="en", now=NOW, zone=BERLIN, plain=["!1"])
@example(text="friday " * 70, language="es", now=NOW, zone=BERLIN, plain=[])
def test_whatever_is_typed_is_title_and_spans(
    text: str, language: str | None, now: datetime, zone: ZoneInfo, plain: list[str]
) -> None:
    reading = read(
        text, now=now, zone=zone, language=language, projects=["Work", "a b"], labels=["x"], plain=plain
    )
    assert all(0 <= span.start < span.end <= len(text) for span in reading.spans)
    assert all(one.end <= other.start for one, other in pairwise(reading.spans))
    # The title is what the spans leave, in its order: all of it but gaps and commas, and nothing of theirs.
    left, at = "", 0
    for span in reading.spans:
        left, at = left + text[at : span.start], span.end
    left += text[at:]
    assert _essence(reading.title) == _essence(left)
    has = {span.kind for span in reading.spans}
    assert (Kind.DEADLINE in has) == (reading.deadline is not None or reading.due_date is not None)
    assert (Kind.PROJECT in has) == (reading.project is not None)
    assert (Kind.LABEL in has) == bool(reading.labels)
    assert (Kind.PRIORITY in has) == (reading.priority is not None)
    assert (Kind.ESTIMATE in has) == (reading.estimate_min is not None)
    year_is_written = re.search(r"\d{4}|\d[-./]\d+[-./]\d", text)
    assert reading.deadline is None or year_is_written or reading.deadline > now - timedelta(days=366)


def _essence(text: str) -> str:
    return "".join(char for char in text if not char.isspace() and char not in ",;:-\u2013\u2014")
