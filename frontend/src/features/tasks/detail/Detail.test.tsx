import { act } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import {
  freezeTime,
  makeTestWorkspace,
  renderPage,
  screen,
  type TestWorkspace,
} from "@/test/render";
import { iso, makeEvent, makeTask } from "@/test/tasks";

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
  await renderPage(<Detail taskId={id} modal={modal} onClose={onClose} />, workspace);
  await screen.findByRole(modal ? "dialog" : "complementary", { name: "Task" });
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
    await user.type(screen.getByLabelText("Notes"), " and Bob");
    act(() => {
      workspace.store.apply([
        makeEvent(1, "task.updated", { ...task, title: "New", notes: "Theirs", version: 2 }),
      ]);
    });
    expect(screen.getByLabelText("Notes")).toHaveValue("To Ada and Bob");
    expect(screen.getByLabelText("Title")).toHaveValue("New");
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
    expect(await screen.findByText("This task does not exist any more.")).toBeVisible();
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
