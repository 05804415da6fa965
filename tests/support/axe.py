"""What axe-core finds wrong with a page, as it is just now."""

from pathlib import Path
from typing import Any, Final, Literal

from playwright.sync_api import Page

_AXE: Final = Path(__file__).resolve().parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
_RUN: Final = """async () => {
    const { violations } = await axe.run(document, {
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    });
    return violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
}"""


def violations(page: Page, *, scheme: Literal["light", "dark"] = "light") -> list[Any]:
    """Return what is violated, by each rule's name with the elements; nothing moves while it looks."""
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.evaluate(_AXE.read_text())
    found: list[Any] = page.evaluate(_RUN)
    return found
