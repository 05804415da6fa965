import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import Rendered from "./Rendered";
import { safeLink } from "./safeLink";

describe("notes", () => {
  it("are read as Markdown, and lead out without a trace", () => {
    render(<Rendered notes={"**Ask** [the desk](https://example.org)"} />);
    const link = screen.getByRole("link", { name: "the desk" });
    expect(link).toHaveAttribute("href", "https://example.org/");
    expect(link.getAttribute("rel")).toContain("noopener");
  });

  it("hold no HTML, no script and no picture from elsewhere", () => {
    const { container } = render(
      <Rendered
        notes={[
          "<img src=x onerror=alert(1)><script>alert(1)</script>",
          "<iframe src=//example.org></iframe> <a href='javascript:alert(1)'>a</a>",
          "![cat](https://example.org/cat.png) ![x](data:text/html,x)",
          "[run](javascript:alert(1)) [tab](java\tscript:alert(1)) [data](data:text/html,x)",
          "<form action=/><input></form> <style>*{}</style> <svg onload=alert(1)>",
        ].join("\n\n")}
      />,
    );
    expect(container.querySelector("img, script, iframe, form, style, svg, input")).toBeNull();
    const links = screen.getAllByRole("link").map((link) => link.getAttribute("href"));
    expect(links).toEqual(["https://example.org/cat.png"]);
  });

  it.each([
    ["https://example.org/a?b=c", "https://example.org/a?b=c"],
    ["mailto:ada@example.org", "mailto:ada@example.org"],
    ["JaVaScRiPt:alert(1)", null],
    [" java\nscript:alert(1)", null],
    ["vbscript:x", null],
    ["blob:https://example.org/x", null],
    ["/settings", null],
  ])("lead from %j to %j", (from, to) => {
    expect(safeLink(from)).toBe(to);
  });
});
