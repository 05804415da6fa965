import { act, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import {
  freezeTime,
  makeTestWorkspace,
  renderPage,
  screen,
  type TestWorkspace,
} from "@/test/render";
import { makePlan } from "@/test/breakdowns";
import { iso, makeEvent, makeTask } from "@/test/tasks";
import { pass } from "@/test/time";

import Detail from "./Detail";

const task = makeTask({ id: "a", title: "Send invoice", notes: "To Ada", deadline: iso(60_000) });
const onClose = vi.fn();
let user: ReturnType<typeof freezeTime>;
let workspace: TestWorkspace;

beforeEach(() => {
  user = freezeTime();
  onClose.mockReset();
  workspace = makeTestWorkspace([task]);
});

async function open(id = "a", modal = false) {
  const view = await renderPage(<Detail taskId={id} modal={modal} onClose={onClose} />, workspace);
  await screen.findByRole(modal ? "dialog" : "complementary", { name: "Task" });
  return view;
}

describe("an open task", () => {
  it("takes the focus, and Escape closes it", async () => {
    await open("a", true);
    expect(screen.getByRole("dialog")).toHaveFocus();
    await user.keyboard("{Escape}");
    expect(onClose).toHaveBeenCalledTimes(1);
  });

  it("is renamed with Enter", async () => {
    await open();
    await user.clear(screen.getByLabelText("Title"));
    await user.type(screen.getByLabelText("Title"), "Send it{Enter}");
    expect(workspace.commands.edit).toHaveBeenCalledExactlyOnceWith(task, { title: "Send it" });
  });

  it("keeps its title where the new one is empty or the same", async () => {
    await open();
    await user.type(screen.getByLabelText("Title"), " {Enter}");
    await user.clear(screen.getByLabelText("Title"));
    await user.tab();
    expect(workspace.commands.edit).not.toHaveBeenCalled();
    expect(screen.getByLabelText("Title")).toHaveValue("Send invoice");
  });

  it("does not lose what is being typed to another window's change", async () => {
    await open();
    await user.click(screen.getByRole("button", { name: "Edit the notes" }));
    await user.type(screen.getByRole("textbox", { name: "Notes" }), " and Bob");
    act(() => {
      workspace.store.apply([
        makeEvent(1, "task.updated", { ...task, title: "New", notes: "Theirs", version: 2 }),
      ]);
    });
    expect(screen.getByRole("textbox", { name: "Notes" })).toHaveValue("To Ada and Bob");
    expect(screen.getByLabelText("Title")).toHaveValue("New");
  });

  it("saves what is being typed when it is closed, by whatever way", async () => {
    const { unmount } = await open();
    await user.click(screen.getByRole("button", { name: "Edit the notes" }));
    await user.type(screen.getByRole("textbox", { name: "Notes" }), " and Bob");
    unmount();
    expect(workspace.commands.edit).toHaveBeenCalledExactlyOnceWith(task, {
      notes: "To Ada and Bob",
    });
  });

  it("saves what is being typed when the page goes", async () => {
    await open();
    await user.type(screen.getByLabelText("Title"), " now");
    window.dispatchEvent(new Event("pagehide"));
    expect(workspace.commands.edit).toHaveBeenCalledExactlyOnceWith(task, {
      title: "Send invoice now",
    });
  });

  it("saves what was typed after a pause, once", async () => {
    await open();
    await user.click(screen.getByRole("button", { name: "Edit the notes" }));
    await user.type(screen.getByRole("textbox", { name: "Notes" }), " and Bob");
    expect(workspace.commands.edit).not.toHaveBeenCalled();
    pass(800);
    expect(workspace.commands.edit).toHaveBeenCalledTimes(1);
    await user.tab();
    expect(workspace.commands.edit).toHaveBeenCalledTimes(1);
    expect(screen.getByLabelText("Title")).toHaveValue("Send invoice");
  });

  it("keeps Tab within the sheet", async () => {
    await open("a", true);
    await user.tab({ shift: true });
    expect(screen.getByRole("button", { name: "Delete" })).toHaveFocus();
    await user.tab();
    expect(screen.getByRole("button", { name: "Complete" })).toHaveFocus();
  });

  it("has a priority", async () => {
    await open();
    expect(screen.getByRole("radio", { name: "Normal" })).toBeChecked();
    await user.click(screen.getByRole("radio", { name: "Urgent" }));
    expect(workspace.commands.edit).toHaveBeenCalledExactlyOnceWith(task, { priority: 1 });
  });

  it("can lose its deadline", async () => {
    await open();
    await user.click(screen.getByRole("button", { name: /^Deadline: 12.01/ }));
    await user.click(await screen.findByRole("button", { name: "No deadline" }));
    expect(workspace.commands.reschedule).toHaveBeenCalledExactlyOnceWith(task, {
      deadline: null,
      due_date: null,
    });
  });

  it("closes before it is deleted", async () => {
    await open();
    await user.click(screen.getByRole("button", { name: "Delete" }));
    expect(onClose).toHaveBeenCalledTimes(1);
    expect(workspace.commands.remove).toHaveBeenCalledExactlyOnceWith(task);
  });
});

describe("a task with steps", () => {
  const first = makeTask({ id: "s1", title: "Collect", parent: "a", completed_at: iso(-1_000) });
  const second = makeTask({ id: "s2", title: "Send", parent: "a", deadline: iso(30_000) });

  it("shows them, and how many are done", async () => {
    workspace = makeTestWorkspace([task, first, second]);
    await open();
    const steps = screen.getByRole("region", { name: "Steps" });
    expect(steps).toHaveTextContent("1 of 2 steps done");
    await user.click(within(steps).getByRole("button", { name: "Complete “Send”" }));
    expect(workspace.commands.complete).toHaveBeenCalledExactlyOnceWith(second);
  });

  it("is what its steps are a part of", async () => {
    workspace = makeTestWorkspace([task, first, second]);
    await open("s2");
    expect(screen.getByRole("link", { name: "Part of “Send invoice”" })).toBeVisible();
  });

  it("is broken down, or gone on with where that was begun", async () => {
    await open();
    await user.click(screen.getByRole("button", { name: "Break down" }));
    expect(workspace.subject.get()).toEqual({ taskId: "a" });
    act(() => {
      workspace.store.takeDraft(makePlan({ task: "a" }));
    });
    expect(screen.getByRole("button", { name: "Go on with the plan" })).toBeVisible();
  });
});

describe("a task that is not on the board", () => {
  const fetched = vi.fn<typeof fetch>();
  const old = makeTask({ id: "old", title: "Long ago", completed_at: iso(-90 * 86_400_000) });

  beforeEach(() => {
    fetched.mockReset();
    vi.stubGlobal("fetch", fetched);
  });

  it("is asked for", async () => {
    fetched.mockImplementation(() => Promise.resolve(Response.json(old)));
    await open("old");
    expect(await screen.findByLabelText("Title")).toHaveValue("Long ago");
    expect(fetched.mock.calls[0]?.[0]).toBe("/api/v1/tasks/old/");
  });

  it("may not exist", async () => {
    fetched.mockImplementation(() => Promise.resolve(Response.json({}, { status: 404 })));
    await open("gone");
    expect(await screen.findByText("There is no such task.")).toBeVisible();
  });

  it("is asked for again when the connection is back", async () => {
    fetched.mockRejectedValueOnce(new TypeError("failed"));
    await open("old");
    expect(await screen.findByText(/There is no connection right now/)).toBeVisible();
    fetched.mockImplementation(() => Promise.resolve(Response.json(old)));
    act(() => {
      workspace.connection.set({ state: "offline", reason: null });
    });
    act(() => {
      workspace.connection.set({ state: "live", reason: null });
    });
    expect(await screen.findByLabelText("Title")).toHaveValue("Long ago");
  });

  it("was here and is deleted elsewhere", async () => {
    await open();
    act(() => {
      workspace.store.apply([makeEvent(1, "task.deleted", task)]);
    });
    expect(screen.getByText("This task does not exist any more.")).toBeVisible();
    expect(fetched).not.toHaveBeenCalled();
  });
});
