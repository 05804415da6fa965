import { act } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { input, Line } from "@/test/quickAdd";
import {
  makeTestWorkspace,
  freezeTime,
  renderPage,
  screen,
  type TestWorkspace,
} from "@/test/render";
import { iso } from "@/test/tasks";

import { tomorrowMorning } from "../deadline/deadline";

let user: ReturnType<typeof freezeTime>;
let workspace: TestWorkspace;
const none = { deadline: null, due_date: null };

beforeEach(async () => {
  user = freezeTime();
  workspace = makeTestWorkspace();
  await renderPage(<Line />, workspace);
  await screen.findByRole("textbox");
});

async function pick(name: string) {
  await user.click(screen.getByRole("button", { name: /Deadline/ }));
  await user.click(await screen.findByRole("button", { name }));
}

describe("adding", () => {
  it("takes Enter, empties the line and keeps the focus", async () => {
    await user.type(input(), "  Send invoice {Enter}");
    expect(workspace.commands.create).toHaveBeenCalledExactlyOnceWith("Send invoice", none, {});
    expect(input()).toHaveValue("");
    expect(input()).toHaveFocus();
  });

  it("takes the button", async () => {
    await user.type(input(), "Send invoice");
    await user.click(screen.getByRole("button", { name: "Add" }));
    expect(workspace.commands.create).toHaveBeenCalledTimes(1);
    expect(input()).toHaveFocus();
  });

  it("does nothing without a title", async () => {
    await user.type(input(), "   {Enter}");
    expect(workspace.commands.create).not.toHaveBeenCalled();
    expect(screen.getByRole("button", { name: "Add" })).toBeDisabled();
  });
});

describe("breaking down", () => {
  it("takes the button, and the line is emptied once it is started", async () => {
    await user.type(input(), " Write my thesis ");
    await user.click(screen.getByRole("button", { name: "Break down" }));
    const subject = workspace.subject.get();
    expect(subject).toMatchObject({ goal: "Write my thesis", deadline: none });
    expect(workspace.commands.create).not.toHaveBeenCalled();
    expect(input()).toHaveValue(" Write my thesis ");
    act(() => {
      if (subject && "started" in subject) subject.started();
    });
    expect(input()).toHaveValue("");
  });

  it("is not offered without a goal", async () => {
    await user.type(input(), "  ");
    expect(screen.queryByRole("button", { name: "Break down" })).toBeNull();
  });
});

describe("the deadline", () => {
  it("in one minute counts from the adding, not from the choice", async () => {
    await pick("In 1 minute");
    expect(input()).toHaveFocus();
    vi.setSystemTime(Date.parse(iso(30_000)));
    await user.keyboard("Tea{Enter}");
    const deadline = workspace.commands.create.mock.calls[0]?.[1].deadline ?? "";
    const left = Date.parse(deadline) - Date.parse(iso(30_000));
    expect(left).toBeGreaterThan(59_000);
    expect(left).toBeLessThan(62_000);
  });

  it("is shown once chosen, and forgotten once the task is added", async () => {
    await pick(tomorrowMorning.label);
    expect(
      screen.getByRole("button", { name: `Deadline: ${tomorrowMorning.label}` }),
    ).toBeVisible();
    await user.type(input(), "Tea{Enter}");
    expect(workspace.commands.create.mock.calls[0]?.[1].deadline).toBe("2026-11-23T09:00:00.000Z");
    expect(screen.getByRole("button", { name: "Deadline" })).toBeVisible();
  });

  it("may be a day and a time", async () => {
    await user.click(screen.getByRole("button", { name: "Deadline" }));
    await user.clear(await screen.findByLabelText("Date"));
    await user.type(screen.getByLabelText("Date"), "2026-12-24");
    await user.type(screen.getByLabelText("Time"), "18:30");
    await user.click(screen.getByRole("button", { name: "Set" }));
    expect(workspace.commands.create).not.toHaveBeenCalled();
    await user.type(input(), "Tree{Enter}");
    expect(workspace.commands.create.mock.calls[0]?.[1]).toEqual({
      deadline: "2026-12-24T18:30:00.000Z",
      due_date: null,
    });
  });

  it("may be a whole day, which ends with the day", async () => {
    await user.click(screen.getByRole("button", { name: "Deadline" }));
    await screen.findByLabelText("Date");
    await user.click(screen.getByRole("button", { name: "Set" }));
    await user.type(input(), "Tree{Enter}");
    expect(workspace.commands.create.mock.calls[0]?.[1]).toEqual({
      deadline: "2026-11-23T00:00:00.000Z",
      due_date: "2026-11-22",
    });
  });

  it("warns of what has passed", async () => {
    await user.click(screen.getByRole("button", { name: "Deadline" }));
    await user.type(await screen.findByLabelText("Time"), "11:59");
    expect(screen.getByText(/would be missed at once/)).toBeVisible();
  });
});
