import { act, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import {
  freezeTime,
  makeTestWorkspace,
  renderPage,
  screen,
  type TestWorkspace,
} from "@/test/render";
import type { Task } from "@/shared/api/types";
import { late, soon } from "@/test/board";
import { nothingResizes } from "@/test/unsized";
import { somethingDone } from "@/test/undos";

import { PaletteButton } from "../header/PaletteButton";
import { Anywhere } from "./Anywhere";
import { UndoKey } from "./UndoKey";
// Here already: it is fetched when it is wanted, which takes its time the first time.
import "../board/KeyHelp";
import "../palette/Palette";
import "../quick-add/AddDialog";
import "../selection/RescheduleDialog";

let user: ReturnType<typeof freezeTime>;
let workspace: TestWorkspace;
let router: Awaited<ReturnType<typeof renderPage>>["router"];

beforeEach(async () => {
  user = freezeTime();
  workspace = makeTestWorkspace([late, soon]);
  ({ router } = await renderPage(
    <>
      <button>Something else</button>
      <PaletteButton />
      <input aria-label="A field" />
      <main>
        {[late, soon].map(({ id, title }) => (
          <p key={id} data-task={id}>
            <a href={`#${id}`} data-control="title">
              {title}
            </a>
          </p>
        ))}
      </main>
      <Anywhere />
      <UndoKey />
    </>,
    workspace,
  ));
  await act(() => router.navigate({ to: "/elsewhere" as "/" }));
  (await screen.findByRole("button", { name: "Something else" })).focus();
});

const link = ({ title }: Task) => screen.getByRole("link", { name: title });
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
      expect(screen.getByRole("button", { name: "Something else" })).toHaveFocus();
    });
  });

  it("keeps what is typed for a new task from the palette", async () => {
    await user.keyboard("q");
    const line = within(await dialog()).getByRole("textbox", { name: "New task" });
    await user.keyboard("Water the plants{Control>}k{/Control}");
    expect(line).toHaveFocus();
    expect(line).toHaveValue("Water the plants");
  });

  it("takes back by Ctrl-Z what was done last, but not in a text or under a dialog", async () => {
    const [first, last] = [somethingDone(), somethingDone()];
    await user.keyboard("{Control>}z{/Control}");
    expect(last).toHaveBeenCalledTimes(1);
    screen.getByLabelText("A field").focus();
    await user.keyboard("{Control>}z{/Control}");
    screen.getByRole("button", { name: "Something else" }).focus();
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
    link(late).focus();
    await user.keyboard("t");
    const ways = within(await screen.findByRole("dialog", { name: "Reschedule" }));
    await user.click(ways.getByRole("button", { name: /^Tomorrow/ }));
    expect(workspace.commands.reschedule.mock.calls.map(([task]) => task)).toEqual([late]);
    await vi.waitFor(() => {
      expect(screen.queryByRole("dialog")).toBeNull();
    });
    expect(link(late)).toHaveFocus();
  });

  it("goes along the rows by j and k, and by arrows once one is at hand", async () => {
    await user.keyboard("{ArrowDown}");
    expect(screen.getByRole("button", { name: "Something else" })).toHaveFocus();
    for (const [key, at] of [
      ["j", late],
      ["j", soon],
      ["j", soon],
      ["k", late],
      ["{ArrowDown}", soon],
      ["{ArrowUp}", late],
    ] as const) {
      await user.keyboard(key);
      expect(link(at)).toHaveFocus();
    }
  });

  it("completes the task at hand by e, and breaks it down by b", async () => {
    await user.keyboard("eb");
    expect(workspace.commands.complete).not.toHaveBeenCalled();
    expect(workspace.subject.get()).toBeNull();
    link(soon).focus();
    await user.keyboard("e");
    expect(workspace.commands.complete.mock.calls).toEqual([[soon]]);
    await user.keyboard("b");
    expect(workspace.subject.get()).toEqual({ taskId: soon.id });
    await vi.waitFor(() => {
      expect(router.history.location.pathname).toBe("/");
    });
  });

  it("opens what the header's button asks for, with the task at hand", async () => {
    nothingResizes();
    link(late).focus();
    await user.click(screen.getByRole("button", { name: "Find or do anything Ctrl K" }));
    await user.click(await screen.findByRole("option", { name: /^Complete: Late/ }));
    expect(workspace.commands.complete.mock.calls).toEqual([[late]]);
    act(() => {
      workspace.wanted.set("help");
    });
    expect(await screen.findByRole("dialog", { name: "Keyboard" })).toBeVisible();
  });

  it("asks for no deadline any more once somebody has gone on", async () => {
    link(late).focus();
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
    expect(help.getByText("Move down and up")).toBeVisible();
    expect(help.getByText("Complete or reopen")).toBeVisible();
    expect(help.queryByText("Select")).toBeNull();
    expect(help.queryByText("Delete")).toBeNull();
  });
});
