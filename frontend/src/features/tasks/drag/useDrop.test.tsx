import { expect, it } from "vitest";

import type { Task } from "@/shared/api/types";
import { freezeTime, makeTestWorkspace, renderPage, screen } from "@/test/render";
import { iso, makeTask } from "@/test/tasks";

import { useDrop } from "./useDrop";

const HOUR_MS = 3_600_000;
const task = makeTask({ id: "a", deadline: iso(HOUR_MS) });
const target = {
  place: { kind: "day", day: "tomorrow" },
  rect: {} as DOMRect,
  edge: null,
} as const;

function Hand({ tasks }: { readonly tasks: readonly Task[] }) {
  const drop = useDrop();
  return (
    <button
      onClick={() => {
        drop(tasks, target);
      }}
    >
      Drop
    </button>
  );
}

it("a card that is dropped on another day is due then, at the same time of day", async () => {
  const user = freezeTime();
  const { workspace } = await renderPage(<Hand tasks={[task]} />, makeTestWorkspace([task]));
  await user.click(await screen.findByRole("button", { name: "Drop" }));
  expect(workspace.commands.reschedule).toHaveBeenCalledExactlyOnceWith(task, {
    deadline: "2026-11-23T13:00:00.000Z",
    due_date: null,
  });
});

it("several cards each keep their time of day; one that is on that day already stays", async () => {
  const user = freezeTime();
  const evening = makeTask({ id: "b", deadline: iso(7 * HOUR_MS) });
  const missed = makeTask({ id: "c", deadline: iso(-2 * HOUR_MS) });
  const wholeDay = makeTask({ id: "d", deadline: iso(12 * HOUR_MS), due_date: "2026-11-22" });
  const there = makeTask({ id: "e", deadline: iso(22 * HOUR_MS) });
  const tasks = [task, evening, missed, wholeDay, there];
  const { workspace } = await renderPage(<Hand tasks={tasks} />, makeTestWorkspace(tasks));
  await user.click(await screen.findByRole("button", { name: "Drop" }));
  const at = (deadline: string) => ({ deadline: `2026-11-${deadline}:00:00.000Z`, due_date: null });
  expect(workspace.commands.rescheduleEach).toHaveBeenCalledExactlyOnceWith([
    { task, deadline: at("23T13") },
    { task: evening, deadline: at("23T19") },
    { task: missed, deadline: at("23T10") },
    { task: wholeDay, deadline: { deadline: at("24T00").deadline, due_date: "2026-11-23" } },
  ]);
});
