"""How often a test is told that leaves much to chance."""

from typing import Final

import pytest

# Seeds: one round in every run of the tests, twenty with `make test-long`.
ROUNDS: Final = [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(2, 22))]
