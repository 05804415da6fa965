import { act, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import { bucketOf } from "@/shared/store/bucket";
import { toasts } from "@/shared/ui/toasts";
import {
  makeTestWorkspace,
  freezeTime,
  renderPage,
  screen,
  type TestWorkspace,
} from "@/test/render";
import { iso, makeEvent, makeTask, NOW } from "@/test/tasks";
import { pass } from "@/test/time";

import { Card } from "./Card";
import { fuseLeft } from "./Fuse";

let user: ReturnType<typeof freezeTime>;
let workspace: TestWorkspace;

beforeEach(() => {
  user = freezeTime();
  workspace = makeTestWorkspace();
});

async function draw(fields: Partial<ReturnType<typeof makeTask>>) {
  const task = makeTask({ id: "a", title: "Send invoice", ...fields });
  await renderPage(
    <ul>
      <Card task={task} bucket={bucketOf(task, NOW)} />
    </ul>,
    workspace,
  );
  return { task, card: await screen.findByRole("article", { name: "Send invoice" }) };
}

describe("an upcoming card", () => {
  it("counts down and says when", async () => {
    const { card } = await draw({ deadline: iso(12 * 60_000 + 4_000), priority: 1 });
    expect(card).toHaveTextContent(/12 m 0[34] s/);
    expect(within(card).getByText(/12:12/)).toBeVisible();
    expect(card).toHaveTextContent("Urgent");
    pass(10_000);
    expect(card).toHaveTextContent(/11 m 5\d s/);
  });

  it("names the day alone where the deadline is a whole day", async () => {
    const { card } = await draw({ deadline: "2026-11-24T00:00:00Z", due_date: "2026-11-23" });
    expect(within(card).getByText("Tomorrow")).toBeVisible();
  });

  it("says so where there is no deadline", async () => {
    const { card } = await draw({});
    expect(card).toHaveTextContent("No deadline");
    expect(within(card).queryByRole("timer")).toBeNull();
  });

  it("says how many of its steps are done, as they are done", async () => {
    const { card } = await draw({});
    expect(card).not.toHaveTextContent("steps done");
    const part = (id: string, fields = {}) => makeTask({ id, parent: "a", ...fields });
    const tell = (seq: number, type: string, task: ReturnType<typeof makeTask>) => {
      act(() => {
        workspace.store.apply([makeEvent(seq, type, task)]);
      });
    };
    tell(1, "task.created", part("b"));
    tell(2, "task.created", part("c"));
    expect(card).toHaveTextContent("0 of 2 steps done");
    tell(3, "task.completed", part("c", { completed_at: iso(), version: 2 }));
    expect(card).toHaveTextContent("1 of 2 steps done");
  });

  it("is completed by its circle", async () => {
    const { task } = await draw({});
    await user.click(screen.getByRole("button", { name: "Complete “Send invoice”" }));
    expect(workspace.commands.complete).toHaveBeenCalledExactlyOnceWith(task);
  });

  it("is completed once by a double press", async () => {
    await draw({});
    await user.dblClick(screen.getByRole("button", { name: "Complete “Send invoice”" }));
    expect(workspace.commands.complete).toHaveBeenCalledTimes(1);
  });

  it("opens by its title", async () => {
    await draw({});
    expect(screen.getByRole("link", { name: "Send invoice" })).toHaveAttribute("href", "/tasks/a");
  });
});

describe("a missed card", () => {
  it("says that it was missed, in a word, and by how long", async () => {
    const { card } = await draw({ deadline: iso(-22 * 60_000) });
    expect(card).toHaveTextContent("Missed");
    expect(card).toHaveTextContent("due 11:38");
    expect(card).toHaveTextContent("22 min ago");
  });

  it("can be done late", async () => {
    const { task } = await draw({ deadline: iso(-1) });
    await user.click(screen.getByRole("button", { name: "Done late: “Send invoice”" }));
    expect(workspace.commands.complete).toHaveBeenCalledExactlyOnceWith(task);
  });

  it("done late asks what is to become of its open steps", async () => {
    const part = makeTask({ id: "b", parent: "a" });
    workspace = makeTestWorkspace([part]);
    await draw({ deadline: iso(-1) });
    await user.click(screen.getByRole("button", { name: "Done late: “Send invoice”" }));
    act(() => toasts.get().at(-1)?.action?.run());
    expect(workspace.commands.completeAll).toHaveBeenCalledExactlyOnceWith([part]);
  });

  it("can be dropped", async () => {
    const { task } = await draw({ deadline: iso(-1) });
    await user.click(screen.getByRole("button", { name: "Drop “Send invoice”" }));
    expect(workspace.commands.remove).toHaveBeenCalledExactlyOnceWith(task);
  });

  it("can be rescheduled", async () => {
    const { task } = await draw({ deadline: iso(-1) });
    await user.click(screen.getByRole("button", { name: "Reschedule “Send invoice”" }));
    await user.click(await screen.findByRole("menuitem", { name: /^Tomorrow/ }));
    expect(workspace.commands.reschedule).toHaveBeenCalledExactlyOnceWith(task, {
      deadline: "2026-11-23T09:00:00.000Z",
      due_date: null,
    });
  });

  it("can be rescheduled to any time", async () => {
    await draw({ deadline: iso(-1) });
    await user.click(screen.getByRole("button", { name: "Reschedule “Send invoice”" }));
    await user.click(await screen.findByRole("menuitem", { name: "Pick a time" }));
    await user.type(await screen.findByLabelText("Time"), "18:30");
    await user.click(screen.getByRole("button", { name: "Set" }));
    expect(workspace.commands.reschedule.mock.calls[0]?.[1].deadline).toBe(
      "2026-11-22T18:30:00.000Z",
    );
  });
});

describe("a completed card", () => {
  it("says how it ended", async () => {
    const { card } = await draw({ deadline: iso(), completed_at: iso(-2 * 3_600_000) });
    expect(card).toHaveTextContent("on time");
    expect(card).toHaveTextContent("2 h early");
  });

  it("says how late it was", async () => {
    const { card } = await draw({ deadline: iso(-3 * 3_600_000), completed_at: iso() });
    expect(card).toHaveTextContent("late by 3 h");
  });

  it("can be reopened", async () => {
    const { task } = await draw({ completed_at: iso() });
    await user.click(screen.getByRole("button", { name: "Reopen “Send invoice”" }));
    expect(workspace.commands.reopen).toHaveBeenCalledExactlyOnceWith(task);
  });
});

describe("the fuse", () => {
  const fuse = { created: NOW, deadline: NOW + 60_000 };

  it("is where it will be when its step ends", () => {
    expect(fuseLeft(fuse, NOW)).toEqual({ value: 59 / 60, until: NOW + 1_000 });
    expect(fuseLeft(fuse, NOW + 30_500)).toEqual({ value: 29 / 60, until: NOW + 31_000 });
  });

  it("is burnt down at the deadline, not before", () => {
    expect(fuseLeft(fuse, NOW + 58_999).value).toBeGreaterThan(0);
    expect(fuseLeft(fuse, NOW + 60_000)).toEqual({ value: 0, until: null });
  });

  it("has no length where the deadline was past at the start", () => {
    expect(fuseLeft({ created: NOW, deadline: NOW - 1 }, NOW - 2).value).toBe(0);
  });
});
