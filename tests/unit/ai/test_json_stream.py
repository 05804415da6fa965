"""The reader of a JSON object that is still being written."""

import itertools
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ai.json_stream import ItemReader, MalformedJson

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["steps", "title", "}]", '"']) | st.text(), inner, max_size=3)
    ),
    max_leaves=10,
)
DOCUMENTS = st.builds(
    lambda before, steps, after: {**before, "steps": steps, **after},
    st.dictionaries(st.text().filter(lambda key: key != "steps"), ANY_JSON, max_size=2),
    st.lists(ANY_JSON, max_size=4),
    st.dictionaries(st.text().filter(lambda key: key != "steps"), ANY_JSON, max_size=2),
)


def pieces(text: str, cuts: list[int]) -> list[str]:
    """Cut a text at the given places, as far as it reaches."""
    places = [0, *sorted(place % (len(text) + 1) for place in cuts), len(text)]
    return [text[start:end] for start, end in itertools.pairwise(places)]


def read(parts: list[str]) -> tuple[list[Any], dict[str, Any] | None]:
    reader = ItemReader("steps")
    items = [item for part in parts for item in reader.feed(part)]
    return items, reader.result() if reader.complete else None


@given(DOCUMENTS, st.lists(st.integers(0), max_size=12), st.booleans(), st.sampled_from([None, 2]))
def test_wherever_the_text_is_cut_the_items_are_the_same(
    document: dict[str, Any], cuts: list[int], ascii_only: bool, indent: int | None
) -> None:
    text = json.dumps(document, ensure_ascii=ascii_only, indent=indent)
    assert read(pieces(text, cuts)) == (document["steps"], document)
    assert read(list(text)) == (document["steps"], document)


@given(st.text(alphabet='{}[]",:\\ 0truenlsp\n') | st.text(), st.lists(st.integers(0), max_size=6))
def test_of_any_text_the_same_is_read_wherever_it_is_cut(text: str, cuts: list[int]) -> None:
    outcomes = []
    for parts in ([text], list(text), pieces(text, cuts)):
        reader = ItemReader("steps")
        items = [item for part in parts for item in reader.feed(part)]
        outcomes.append((items, reader.broken, reader.complete))
    assert outcomes[0] == outcomes[1] == outcomes[2]


def test_an_item_is_handed_on_at_its_last_character() -> None:
    reader = ItemReader("steps")
    assert reader.feed('{"verdict":"steps","steps":[{"title":"a } ] \\" b","n":[{}]') == []
    assert reader.feed("}") == [{"title": 'a } ] " b', "n": [{}]}]
    assert reader.feed(',{"title":"c"') == []
    assert reader.feed("}]") == [{"title": "c"}]
    assert not reader.complete
    assert reader.feed("}") == []
    assert reader.complete


def test_only_the_list_at_the_top_is_read() -> None:
    text = '{"a":{"steps":[1]},"b":["steps",{"steps":[2]}],"c":"steps","steps":[3],"d":[4]}'
    assert read([text])[0] == [3]


def test_what_surrounds_the_object_is_ignored() -> None:
    assert read(["```json\n", '{"steps":[{"a":1}]}', "\n``` Here you are: {}"])[0] == [{"a": 1}]


@pytest.mark.parametrize(
    ("text", "items"),
    [
        ('{"steps":[{"a":1},{"b":]}', [{"a": 1}]),
        ('{"steps":[{"a":1},{b:1}]}', [{"a": 1}]),
        ('{"steps":[1,NaN]}', [1]),
        ('{"steps":[{"a":1}}', [{"a": 1}]),
        ('{"steps":' + "[" * 20, []),
    ],
)
def test_items_before_a_fault_are_not_lost(text: str, items: list[Any]) -> None:
    reader = ItemReader("steps")
    assert reader.feed(text) == items
    assert reader.broken
    with pytest.raises(MalformedJson):
        reader.result()


def test_items_without_a_comma_between_them_are_no_list() -> None:
    reader = ItemReader("steps")
    assert reader.feed('{"steps":[{"a":1} {"b":1}]}') == [{"a": 1}, {"b": 1}]
    with pytest.raises(MalformedJson, match="delimiter"):
        reader.result()


@pytest.mark.parametrize("text", ["", "no JSON at all", '{"steps":[{"a":1},', '{"steps":[{"a":"'])
def test_a_text_that_ends_early_has_no_result(text: str) -> None:
    reader = ItemReader("steps")
    reader.feed(text)
    assert not reader.broken
    with pytest.raises(MalformedJson, match=r"ended within|no object"):
        reader.result()


def test_an_endless_text_is_given_up() -> None:
    reader = ItemReader("steps")
    reader.feed('{"steps":["' + "x" * 300_000)
    assert reader.broken
