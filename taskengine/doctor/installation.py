"""What stands still: settings, the key of the planner, the built page, the disk of the embedded database."""

import shutil
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.core.checks import ERROR, run_checks

from taskengine.doctor.findings import Finding, advice, fault, well
from taskengine.env import env

LEAST_DISK_BYTES: Final = 1024**3
NO_DISK_BYTES: Final = 100 * 1024**2


def configuration() -> Iterator[Finding]:
    """What Django's and our system checks hold against the settings."""
    found = [each for each in run_checks(include_deployment_checks=settings.PUBLIC) if not each.is_silenced()]
    for each in found:
        says = f"({each.id}) {each.msg}"
        if each.level >= ERROR:
            yield fault("settings", says, each.hint or "See docs/operations.md.")
        else:
            yield advice("settings", says, each.hint or "See docs/operations.md.")
    if not found:
        yield well("settings", f"Nothing is held against them; people come to {settings.PUBLIC_URL}.")


def proxies() -> Finding:
    """Whose word is taken about who asks. Only servers see who else says so: it is in their log and their figures."""
    whose = (
        f"Believed about who asks: {settings.TRUSTED_PROXIES}."
        if settings.TRUSTED_PROXIES
        else "None is believed: whoever connects counts as who asks."
    )
    return well(
        "proxies",
        f"{whose} Whichever else says for whom it asks is named in the servers' log, in a line with TRUSTED_PROXIES.",
    )


def planner() -> Finding:
    """Whether there is a key for Gemini. It is not tried: each try costs money."""
    if settings.GEMINI_API_KEY:
        return well(
            "ai", f"There is a key for {settings.GEMINI_MODEL}; it was not tried, since each try costs money."
        )
    return advice(
        "ai", "There is no key: breakdowns are made by rules.", "Set GEMINI_API_KEY to have Gemini make them."
    )


def page() -> Finding:
    """Whether the page was built."""
    if (settings.FRONTEND_DIST / "index.html").is_file():
        return well("page", "It is built.")
    return fault("page", "It is not built: browsers get nothing.", "Run npm --prefix frontend run build.")


def disk(connection: Any) -> Finding | None:
    """How much room the embedded database has; None where it is somebody else's machine."""
    if not env.bool("EMBEDDED", default=False):
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('data_directory')")
        (folder,) = cursor.fetchone()
    free = shutil.disk_usage(folder).free
    says = f"{free / 1024**3:.1f} GiB are free where the embedded database is."
    if free < NO_DISK_BYTES:
        return fault("disk", says, "Make room now: PostgreSQL stops when there is none.")
    if free < LEAST_DISK_BYTES:
        return advice("disk", says, "Make room, or move DATA_DIR.")
    return well("disk", says)
