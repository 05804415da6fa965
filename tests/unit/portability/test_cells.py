"""CSV in and out: what a spreadsheet writes is read, and nothing that we write is a formula to it."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from taskengine.portability import cells
from taskengine.portability.errors import UnreadableFile

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1+1"]  # noqa: RUF001 (spreadsheets read them)
TEXTS = st.text(alphabet=st.characters(exclude_categories=["Cs"]) | st.sampled_from("'=+-@,;\"\r\n\t"))


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_that_is_written_is_a_formula(formula: str) -> None:
    (row,) = csv.reader(io.StringIO(cells.written([[formula, f"'{formula}"]]), newline=""))
    assert [cell[0] for cell in row] == ["'", "'"]
    assert [cells.unguarded(cell) for cell in row] == [formula, f"'{formula}"]


@given(TEXTS)
def test_what_was_guarded_comes_back(text: str) -> None:
    assert cells.unguarded(cells.guarded(text)) == text


@given(st.lists(TEXTS.map(str.strip).filter(bool)))
def test_words_in_a_cell_come_back(words: list[str]) -> None:
    assert cells.parted(cells.joined(words)) == words


@given(st.lists(st.tuples(TEXTS, TEXTS)))
def test_rows_come_back(rows: list[tuple[str, str]]) -> None:
    text = cells.written([("title", "notes"), *rows])
    _, *read = cells.rows(text)
    back = {number: {name: cells.unguarded(cell) for name, cell in row.items()} for number, row in read}
    expected = {
        number: {name: cell for name, cell in zip(("title", "notes"), row, strict=True) if cell}
        for number, row in enumerate(rows, start=2)
    }
    assert back == {number: row for number, row in expected.items() if row}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_spreadsheet_of_any_country_is_read(delimiter: str) -> None:
    text = f'\r\nTitle{delimiter}Notes\r\n"a{delimiter}b"{delimiter}"two\r\nlines"\r\n\r\n'
    assert list(cells.rows(text)) == [
        (1, {"title": "title", "notes": "notes"}),
        (3, {"title": f"a{delimiter}b", "notes": "two\r\nlines"}),
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('title\n"never closed', "/rows/2"),
        ("title\na\nb,c", "/rows/3"),
        ("\r\n", ""),
        ("title,notes,TITLE\n", "/rows/1"),
        ("title\n" + "x" * 200_000, "/rows/2"),
    ],
)
def test_what_is_no_csv_is_said_where(text: str, place: str) -> None:
    with pytest.raises(UnreadableFile) as refused:
        list(cells.rows(text))
    assert refused.value.pointer == place
