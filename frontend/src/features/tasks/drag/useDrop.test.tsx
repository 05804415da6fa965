import { expect, it } from "vitest";

import { freezeTime, makeTestWorkspace, renderPage, screen } from "@/test/render";
import { iso, makeTask } from "@/test/tasks";

import { useDrop } from "./useDrop";

const task = makeTask({ id: "a", deadline: iso(3_600_000) });
const target = {
  place: { kind: "day", day: "tomorrow" },
  rect: {} as DOMRect,
  edge: null,
} as const;

function Hand() {
  const drop = useDrop();
  return (
    <button
      onClick={() => {
        drop([task], target);
      }}
    >
      Drop
    </button>
  );
}

it("a card that is dropped on another day is due then, at the same time of day", async () => {
  const user = freezeTime();
  const { workspace } = await renderPage(<Hand />, makeTestWorkspace([task]));
  await user.click(await screen.findByRole("button", { name: "Drop" }));
  expect(workspace.commands.reschedule).toHaveBeenCalledExactlyOnceWith(task, {
    deadline: "2026-11-23T13:00:00.000Z",
    due_date: null,
  });
});
