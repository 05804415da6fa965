"""The environment, in which a secret may stand in a file."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from taskengine.env import LINE, Environment, database, env


def test_a_value_is_read_from_the_file_that_is_named_without_its_last_line_break(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("long and secret\n")
    assert Environment({"KEY_FILE": str(tmp_path / "key")})["KEY"] == "long and secret"
    assert Environment({"KEY": "said", "KEY_FILE": ""})["KEY"] == "said"


def test_an_empty_file_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("\n")
    found = Environment({"KEY_FILE": str(tmp_path / "key")})
    assert "KEY" not in found
    assert found.get("KEY", "the default") == "the default"


def test_what_is_said_twice_or_cannot_be_read_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("one")
    with pytest.raises(ImproperlyConfigured, match="KEY and KEY_FILE are both set"):
        Environment({"KEY": "two", "KEY_FILE": str(tmp_path / "key")})["KEY"]
    with pytest.raises(ImproperlyConfigured, match=r"KEY_FILE cannot be read: .*No such file"):
        Environment({"KEY_FILE": str(tmp_path / "gone")})["KEY"]


def test_what_an_address_says_of_the_line_counts_more_than_we_do(monkeypatch: pytest.MonkeyPatch) -> None:
    address = "postgresql://db.example.org/tasks?tcp_user_timeout=30000&keepalives_idle=60"
    monkeypatch.setattr(env, "ENVIRON", {"DATABASE_URL": address})

    found = database("DATABASE_URL", options={"prepare_threshold": 1})["OPTIONS"]

    said = {"tcp_user_timeout": "30000", "keepalives_idle": "60"}
    assert found == {**LINE, **said, "prepare_threshold": 1}
