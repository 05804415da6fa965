import { act, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { ALL, done, open, soon } from "@/test/board";
import { FakeServer } from "@/test/breakdowns";
import {
  freezeTime,
  makeTestWorkspace,
  renderPage,
  screen,
  type TestWorkspace,
} from "@/test/render";
import { iso, makeTask } from "@/test/tasks";
import { somethingDone } from "@/test/undos";

import Detail from "../detail/Detail";
import { UndoKey } from "../frame/UndoKey";
import { BoardPage } from "./BoardPage";

let user: ReturnType<typeof freezeTime>;
let workspace: TestWorkspace;

beforeEach(() => {
  user = freezeTime();
});

it.each([
  ["search", () => screen.getByPlaceholderText("Search")],
  ["completed", () => screen.getByRole("link", { name: "Done" })],
] as const)("begins where somebody from another page goes: %s", async (arrival, place) => {
  workspace = makeTestWorkspace([soon, done]);
  workspace.arrival.set(arrival);
  await renderPage(<BoardPage {...ALL} />, workspace);
  await screen.findAllByRole("region");
  await vi.waitFor(() => {
    expect(place()).toHaveFocus();
  });
  expect(workspace.arrival.get()).toBeNull();
});

describe("the keys, while a task is open", () => {
  const before = makeTask({ id: "before", title: "Before", deadline: iso(30_000) });
  const openBeside = async (modal = false) => {
    workspace = makeTestWorkspace([before, soon, open]);
    const detail = <Detail taskId="soon" modal={modal} onClose={vi.fn()} />;
    const { router } = await renderPage(
      <>
        <UndoKey />
        <BoardPage {...ALL} modal={modal} detail={detail} />
      </>,
      workspace,
    );
    await screen.findByLabelText("Title");
    expect(screen.getByLabelText("Task")).toHaveFocus();
    return router;
  };

  it.each([false, true])("e, t and b mean it; over the board: %s", async (modal) => {
    new FakeServer();
    await openBeside(modal);
    await user.keyboard("e");
    expect(workspace.commands.complete).toHaveBeenCalledExactlyOnceWith(soon);
    await user.keyboard("t");
    await user.click(await screen.findByRole("button", { name: /^Tomorrow/ }));
    expect(workspace.commands.reschedule.mock.calls[0]?.[0]).toEqual(soon);
    await user.keyboard("b");
    expect(workspace.subject.get()).toEqual({ taskId: "soon" });
  });

  it.each([false, true])(
    "Ctrl-Z takes back, but in a text is the text's; over the board: %s",
    async (modal) => {
      await openBeside(modal);
      const [first, second, third] = [somethingDone(), somethingDone(), somethingDone()];
      await user.keyboard("{Control>}z{/Control}");
      expect(third).toHaveBeenCalledTimes(1);
      await user.click(screen.getByRole("radio", { name: "High" }));
      await user.keyboard("{Control>}z{/Control}");
      expect(second).toHaveBeenCalledTimes(1);
      for (const text of [screen.getByLabelText("Title"), screen.getByLabelText("Estimate")]) {
        await user.click(text);
        await user.keyboard("{Control>}z{/Control}");
      }
      // Nor under what lies over the task.
      await user.click(screen.getByRole("button", { name: /^Project/ }));
      await screen.findByRole("menu");
      await user.keyboard("{Control>}z{/Control}");
      expect(first).not.toHaveBeenCalled();
    },
  );

  it("j and k go on from it", async () => {
    await openBeside();
    await user.keyboard("j");
    expect(document.activeElement?.textContent).toBe("Open");
    await user.keyboard("kk");
    expect(document.activeElement?.textContent).toBe("Before");
  });

  it.each([
    ["j", "open"],
    ["k", "before"],
  ])("%s opens its neighbour where it lies over the cards", async (key, id) => {
    const router = await openBeside(true);
    await user.keyboard(key);
    await vi.waitFor(() => {
      expect(router.state.location.pathname).toBe(`/tasks/${id}`);
    });
  });

  it.each([false, true])("? lists the keys, and leads back; over the board: %s", async (modal) => {
    await openBeside(modal);
    await user.keyboard("?");
    const help = await screen.findByRole("dialog", { name: "Keyboard" });
    const close = within(help).getByRole("button", { name: "Close" });
    close.focus();
    await user.click(close);
    expect(screen.getByLabelText("Task")).toHaveFocus();
  });

  it("it is meant rather than what is marked, and never deleted by a key", async () => {
    await openBeside();
    await user.keyboard("x{Delete}");
    await user.keyboard("jx");
    act(() => {
      screen.getByLabelText("Task").focus();
    });
    await user.keyboard("e{Delete}");
    expect(workspace.commands.complete).toHaveBeenCalledExactlyOnceWith(soon);
    expect(workspace.commands.remove).not.toHaveBeenCalled();
  });
});
