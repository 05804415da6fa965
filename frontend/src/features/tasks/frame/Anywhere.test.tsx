import { act, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import {
  freezeTime,
  makeTestWorkspace,
  renderPage,
  screen,
  type TestWorkspace,
} from "@/test/render";
import { late } from "@/test/board";
import { somethingDone } from "@/test/undos";

import { Anywhere } from "./Anywhere";
import { UndoKey } from "./UndoKey";
// Here already: it is fetched when it is wanted, which takes its time the first time.
import "../board/KeyHelp";
import "../quick-add/AddDialog";
import "../selection/RescheduleDialog";

let user: ReturnType<typeof freezeTime>;
let workspace: TestWorkspace;
let router: Awaited<ReturnType<typeof renderPage>>["router"];

beforeEach(async () => {
  user = freezeTime();
  workspace = makeTestWorkspace([late]);
  ({ router } = await renderPage(
    <>
      <button>Something else</button>
      <input aria-label="A field" />
      <main>
        <p data-task="late">
          <a href="#late">Late</a>
        </p>
      </main>
      <Anywhere />
      <UndoKey />
    </>,
    workspace,
  ));
  await act(() => router.navigate({ to: "/elsewhere" as "/" }));
  (await screen.findByRole("button")).focus();
});

const dialog = () => screen.findByRole("dialog", { name: "New task" });

describe("a page without a board", () => {
  it("takes a new task by q, and gives the focus back", async () => {
    await user.keyboard("q");
    const line = within(await dialog()).getByRole("textbox", { name: "New task" });
    expect(line).toHaveFocus();
    await user.keyboard("Water the plants{Enter}");
    await vi.waitFor(() => {
      expect(workspace.commands.create.mock.calls[0]?.[0]).toBe("Water the plants");
    });
    expect(screen.queryByRole("dialog")).toBeNull();
    await vi.waitFor(() => {
      expect(screen.getByRole("button")).toHaveFocus();
    });
  });

  it("takes back by Ctrl-Z what was done last, but not in a text or under a dialog", async () => {
    const [first, last] = [somethingDone(), somethingDone()];
    await user.keyboard("{Control>}z{/Control}");
    expect(last).toHaveBeenCalledTimes(1);
    screen.getByLabelText("A field").focus();
    await user.keyboard("{Control>}z{/Control}");
    screen.getByRole("button").focus();
    await user.keyboard("?");
    within(await screen.findByRole("dialog"))
      .getByRole("button")
      .focus();
    await user.keyboard("{Control>}z{/Control}");
    expect(first).not.toHaveBeenCalled();
  });

  it("leaves letters to what is typed into", async () => {
    screen.getByLabelText("A field").focus();
    await user.keyboard("q");
    expect(screen.getByLabelText("A field")).toHaveValue("q");
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it.each([
    ["/", "search"],
    ["1", "upcoming"],
    ["2", "missed"],
    ["3", "completed"],
  ])("%s leads to the board", async (key, where) => {
    const before = router.history.location.pathname;
    await user.keyboard(key);
    expect(workspace.arrival.get()).toBe(where);
    await vi.waitFor(() => {
      expect(router.history.location.pathname).toBe("/");
    });
    expect(before).toBe("/elsewhere");
  });

  it("has another deadline for the task at hand by t, and gives the focus back", async () => {
    await user.keyboard("t");
    expect(workspace.asking.get()).toBeNull();
    screen.getByRole("link", { name: "Late" }).focus();
    await user.keyboard("t");
    const ways = within(await screen.findByRole("dialog", { name: "Reschedule" }));
    await user.click(ways.getByRole("button", { name: "Tomorrow" }));
    expect(workspace.commands.reschedule.mock.calls.map(([task]) => task)).toEqual([late]);
    await vi.waitFor(() => {
      expect(screen.queryByRole("dialog")).toBeNull();
    });
    expect(screen.getByRole("link", { name: "Late" })).toHaveFocus();
  });

  it("asks for no deadline any more once somebody has gone on", async () => {
    screen.getByRole("link", { name: "Late" }).focus();
    await user.keyboard("t");
    await screen.findByRole("dialog", { name: "Reschedule" });
    await act(() => router.navigate({ to: "/" }));
    expect(workspace.asking.get()).toBeNull();
  });

  it("lists the keys that do something there", async () => {
    await user.keyboard("?");
    const help = within(await screen.findByRole("dialog", { name: "Keyboard" }));
    expect(help.getByText("Search")).toBeVisible();
    expect(help.getByText("Reschedule")).toBeVisible();
    expect(help.queryByText("Move down and up")).toBeNull();
    expect(help.queryByText("Complete or reopen")).toBeNull();
  });
});
