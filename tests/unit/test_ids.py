"""Ids that the server makes."""

import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from realtime import ids
from realtime.ids import new_id
from tests.support.servers import ROOT


def test_ids_are_different_in_all_threads() -> None:
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda _: new_id(), range(5_000)))
    assert len(set(made)) == len(made)
    assert {each.version for each in made} == {4}


def test_ids_do_not_come_from_a_source_that_can_be_worked_out() -> None:
    made = []
    for _ in range(2):
        ids._chance.clear()  # or the second would be what was fetched with the first
        random.seed(1)
        made.append(new_id())
    assert made[0] != made[1]


# In a process of its own, since Python warns of forks where threads run, as the test run's do.
FORKED = """
import os
from realtime import ids
ids.new_id()
assert ids._chance, "there is none left to be made twice"
child = os.fork()
os.write(1, f"{ids.new_id()}\\n".encode())
if child:
    os.waitpid(child, 0)
"""


def test_a_child_makes_other_ids_than_its_parent() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", FORKED], cwd=ROOT, check=True, capture_output=True, text=True
    )
    ours, childs = done.stdout.split()
    assert ours != childs
