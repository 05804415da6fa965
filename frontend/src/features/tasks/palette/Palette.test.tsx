import { expect, it, vi } from "vitest";

import { freezeTime, makeTestWorkspace, renderPage, screen } from "@/test/render";
import { makeProject, makeTask } from "@/test/tasks";
import { nothingResizes } from "@/test/unsized";

import Palette from "./Palette";

it("finds by names, and never by ids", async () => {
  const user = freezeTime();
  nothingResizes();
  vi.stubGlobal("fetch", () => Promise.resolve(Response.json({ results: [] })));
  const workspace = makeTestWorkspace();
  workspace.store.replace({ epoch: "e", seq: 1 }, [
    { kind: "task", data: makeTask({ id: "c6e1", title: "Rake the lawn" }) },
    { kind: "project", data: makeProject({ id: "c6e2", name: "Garden" }) },
    { kind: "project", data: makeProject({ id: "c6e3", name: "Garden" }) },
  ]);
  await renderPage(<Palette onClose={vi.fn()} onAdd={vi.fn()} onHelp={vi.fn()} />, workspace);
  const line = await screen.findByRole("combobox");
  await user.type(line, "c6e");
  expect(screen.queryAllByRole("option")).toEqual([]);
  await user.clear(line);
  await user.type(line, "gard");
  expect(screen.getAllByRole("option").map(({ textContent }) => textContent)).toEqual([
    "#Garden",
    "#Garden",
  ]);
});
