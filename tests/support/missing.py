"""A test that lacks a part of the machine fails and says what to install; it never skips."""

import pytest


def missing(part: str, *, debian: str, elsewhere: str) -> BaseException:
    """Return the failure to raise.

    Args:
        part: What is missing.
        debian: The package's name for apt-get.
        elsewhere: What to do on other systems.
    """
    return pytest.fail.Exception(
        f"{part} is missing. `make test` installs it on Debian as root; by hand:"
        f" apt-get install {debian}. Elsewhere: {elsewhere}.",
        pytrace=False,
    )
