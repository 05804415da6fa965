"""What axe-core finds wrong with a page, as it is just now."""

from typing import Final, Literal

from playwright.sync_api import Page

from tests.support.servers import ROOT

_AXE: Final = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# Other colours are there at once, but drawn with the next frame; and transitions have to end.
SETTLED: Final = """async () => {
    const frame = () => new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn, 50)));
    for (let quiet = 0; quiet < 3; quiet += 1) {
        await frame();
        const moving = document.getAnimations().filter((one) => one.playState === "running");
        if (moving.length) quiet = -1;
        await Promise.all(moving.map((one) => one.finished.catch(() => undefined)));
    }
}"""
_ALL_RULES: Final = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
_OF_COLOURS: Final = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
_RUN: Final = """async (runOnly) => {
    const { violations } = await axe.run(document, { runOnly });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 120)}`));
}"""


def violations(
    page: Page,
    *,
    scheme: Literal["light", "dark"] | None = None,
    state: str = "",
    colours_only: bool = False,
) -> list[str]:
    """Return what is violated: the name of the state, of the rule, and the element; nothing moves while it looks.

    The page keeps its colours unless others are asked for. The debugger brings axe along, so that no policy of the
    page's has to let it in.

    Args:
        page: It, in that state.
        scheme: The colours to give it.
        state: What the state is called; the address if nothing.
        colours_only: Whether only those rules are asked that other colours can break.
    """
    page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    page.evaluate(SETTLED)
    if not page.evaluate("'axe' in window"):
        page.evaluate(_AXE.read_text())
    found: list[str] = page.evaluate(_RUN, _OF_COLOURS if colours_only else _ALL_RULES)
    where = " ".join(filter(None, [state or page.url, scheme]))
    return [f"{where}: {one}" for one in found]
