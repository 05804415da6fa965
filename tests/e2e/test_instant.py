"""The very instant of a deadline, in a real Chromium."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from playwright.sync_api import Page, expect

from tests.e2e.test_two_windows import card
from tests.support.servers import Server
from tests.support.windows import add_task, sign_in, sign_up, wait_until


def watch_for_miss(page: Page, title: str) -> None:
    """Have the page note the instant at which a card first stands among the missed ones."""
    page.evaluate(
        """(title) => {
            window.missedAt = null;
            const look = () => {
                const missed = document.querySelector('[data-column="missed"]');
                if (missed.textContent.includes(title)) window.missedAt = Date.now();
                else requestAnimationFrame(look);
            };
            look();
        }""",
        title,
    )


def test_a_task_turns_missed_in_two_windows_at_its_instant(
    start_server: Callable[..., Server], open_window: Callable[..., Page]
) -> None:
    server = start_server()
    first, second = open_window(), open_window()
    sign_up(first, server, "ada@example.org")
    sign_in(second, server, "ada@example.org")

    deadline = datetime.now(UTC) + timedelta(seconds=3)
    add_task(first, title="Send invoice", deadline=deadline.isoformat())
    for window in (first, second):
        expect(card(window, "Upcoming", "Send invoice")).to_be_visible()
        watch_for_miss(window, "Send invoice")
    for window in (first, second):
        wait_until(window, "window.missedAt !== null")
        missed_at = datetime.fromtimestamp(window.evaluate("window.missedAt") / 1000, UTC)
        assert timedelta(milliseconds=-20) < missed_at - deadline < timedelta(seconds=1)
        expect(card(window, "Missed", "Send invoice")).to_be_visible()
        expect(card(window, "Upcoming", "Send invoice")).to_have_count(0)
