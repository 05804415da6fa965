"""Reading a body: by a serializer that is copied, and that changes nothing beyond itself."""

import pytest
from rest_framework.fields import Field

from taskengine.api.serializers import StrictSerializer
from taskengine.api.tasks_schema import TaskCreateSerializer, TaskWriteSerializer


def test_what_reads_a_body_has_all_that_a_new_serializer_has() -> None:
    made = TaskWriteSerializer(partial=True)
    copied = TaskWriteSerializer(data={"title": "Call Ada"}, partial=True)
    same = vars(made).keys() - {"_creation_counter", "_args", "_kwargs"}
    assert {name: vars(copied).get(name) for name in same} == {name: vars(made)[name] for name in same}
    assert copied.partial
    assert not TaskWriteSerializer(data={"title": "Call Ada"}).partial


def test_two_bodies_of_a_kind_know_nothing_of_each_other() -> None:
    good, bad = (
        TaskCreateSerializer(data={"title": "Call Ada"}),
        TaskCreateSerializer(data={"title": 5, "x": 1}),
    )
    assert not bad.is_valid()
    assert good.is_valid()
    assert good.validated_data["title"] == "Call Ada"
    assert not good.errors
    assert set(bad.errors) == {"x"}
    assert not TaskCreateSerializer(data={}).is_valid()


@pytest.mark.parametrize("kind", [TaskCreateSerializer, TaskWriteSerializer])
def test_to_read_a_body_changes_no_class(kind: type[StrictSerializer]) -> None:
    # What Python has learned about the classes of all fields is forgotten when this changes.
    kind(data={"title": "Call Ada"}).is_valid()
    before = Field._creation_counter  # type: ignore[attr-defined]  # the stubs lack it
    kind(data={"title": "Call Ada", "priority": 2}).is_valid()
    assert Field._creation_counter == before  # type: ignore[attr-defined]
