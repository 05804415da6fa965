"""Ids that the server makes."""

import os
import random
from concurrent.futures import ThreadPoolExecutor

from realtime import ids
from realtime.ids import new_id


def test_ids_are_different_in_all_threads() -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: new_id(), range(5_000)))
    assert len(set(made)) == len(made)
    assert {each.version for each in made} == {4}


def test_ids_do_not_come_from_a_source_that_can_be_worked_out() -> None:
    random.seed(1)
    first = new_id()
    random.seed(1)
    assert new_id() != first


def test_a_child_makes_other_ids_than_its_parent() -> None:
    new_id()
    assert ids._chance, "there is none left to be made twice"
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(write, new_id().bytes)
        os._exit(0)
    os.waitpid(child, 0)
    os.close(write)
    with os.fdopen(read, "rb") as said:
        assert said.read() != new_id().bytes
