"""The files by which a browser keeps the page: each as browsers want it served."""

from pathlib import Path

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from taskengine.api.middleware import StaticFilesMiddleware


@pytest.fixture
def dist(tmp_path: Path, settings: Settings) -> Path:
    """Return an empty folder in the place of the built page's."""
    settings.FRONTEND_DIST = tmp_path
    return tmp_path


def test_the_worker_stands_at_the_root_and_is_looked_at_each_time(dist: Path) -> None:
    (dist / "sw.js").write_text("self.skipWaiting;")
    answer = Client().get("/sw.js")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "text/javascript; charset=utf-8"
    assert answer["Cache-Control"] == "no-cache"
    assert answer.content == b"self.skipWaiting;"


def test_without_a_build_there_is_no_worker(dist: Path) -> None:
    answer = Client().get("/sw.js")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_the_worker_can_only_be_read(dist: Path) -> None:
    (dist / "sw.js").write_text("")
    assert Client().post("/sw.js").status_code == 405


def test_the_manifest_is_said_to_be_one() -> None:
    served = StaticFilesMiddleware(lambda _request: HttpResponse()).media_types
    assert served.get_type("/static/manifest.webmanifest") == "application/manifest+json"
