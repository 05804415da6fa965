import { afterEach, expect, it, vi } from "vitest";

import { speakAs } from "@/shared/text/language";
import { makeTestWorkspace, renderPage, screen } from "@/test/render";

import Chips from "./Chips";

afterEach(() => speakAs(null));

it("names the zone as the page's language does", async () => {
  await speakAs("de");
  const workspace = makeTestWorkspace();
  workspace.zone.set("Europe/Berlin");
  const reading = {
    line: "Tee",
    spans: [],
    deadline: { deadline: "2100-01-15T12:00:00Z", due_date: null },
    project: null,
    labels: [],
    priority: null,
    estimate: null,
  };
  await renderPage(
    <Chips reading={reading} projects={[]} labels={[]} settled={false} onTakeBack={vi.fn()} />,
    workspace,
  );
  expect((await screen.findByRole("listitem")).textContent).toMatch(/13:00.*MEZ/);
});
