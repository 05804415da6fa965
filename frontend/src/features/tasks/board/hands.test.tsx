import { act, within } from "@testing-library/react";
import { useState } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import {
  makeTestWorkspace,
  freezeTime,
  renderPage,
  screen,
  type TestWorkspace,
} from "@/test/render";
import { ALL, done, drawBoard, late, open, soon } from "@/test/board";
import { FakeServer } from "@/test/breakdowns";
import { makeEvent, makeProject } from "@/test/tasks";
import { somethingDone } from "@/test/undos";
import { nothingResizes } from "@/test/unsized";

import { tomorrowMorning } from "../deadline/deadline";
import { NO_FILTER } from "../view/view";
import Detail from "../detail/Detail";
import { BoardPage } from "./BoardPage";

let user: ReturnType<typeof freezeTime>;
let workspace: TestWorkspace;

beforeEach(() => {
  user = freezeTime();
});

const draw = async (...args: Parameters<typeof drawBoard>) => {
  workspace = await drawBoard(...args);
};

describe("what is marked", () => {
  const marked = () =>
    screen
      .getAllByRole("article")
      .filter((card) => card.dataset.selected === "true")
      .map((card) => card.getAttribute("aria-label"));

  it("grows by x and Shift with arrows, and has one bar", async () => {
    await draw([soon, open, late, done]);
    await user.keyboard("jx");
    expect(marked()).toEqual(["Soon"]);
    await user.keyboard("{Shift>}{ArrowDown}{ArrowDown}{/Shift}");
    expect(marked()).toEqual(["Soon", "Open", "Late"]);
    await user.keyboard("{Shift>}{ArrowUp}{/Shift}");
    expect(marked()).toEqual(["Soon", "Open"]);
    const bar = within(screen.getByRole("region", { name: "Selected tasks" }));
    expect(bar.getByText("2 selected")).toBeVisible();
    await user.click(bar.getByRole("button", { name: "Complete" }));
    expect(workspace.commands.completeAll).toHaveBeenCalledExactlyOnceWith([soon, open]);
    expect(screen.queryByRole("region", { name: "Selected tasks" })).toBeNull();
  });

  it("is all by Cmd-A or Ctrl-A, and nothing after Escape", async () => {
    await draw([soon, open, late, done]);
    await user.keyboard("{Control>}a{/Control}");
    expect(marked()).toHaveLength(4);
    await user.keyboard("{Escape}");
    expect(marked()).toHaveLength(0);
  });

  it("is completed as one by e, and not meant again by the next e", async () => {
    await draw([soon, open, late, done]);
    await user.keyboard("jxjxe");
    expect(workspace.commands.completeAll).toHaveBeenCalledExactlyOnceWith([soon, open]);
    expect(screen.queryByRole("region", { name: "Selected tasks" })).toBeNull();
    expect(screen.getByRole("link", { name: "Late" })).toHaveFocus();
    await user.keyboard("e");
    expect(workspace.commands.complete).toHaveBeenCalledExactlyOnceWith(late);
    expect(workspace.commands.completeAll).toHaveBeenCalledTimes(1);
  });

  it("is one alone by e, too", async () => {
    await draw([soon, open, late]);
    await user.keyboard("jxjje");
    expect(workspace.commands.complete).toHaveBeenCalledExactlyOnceWith(soon);
    expect(marked()).toEqual([]);
    expect(screen.getByRole("link", { name: "Late" })).toHaveFocus();
  });

  it("is completed from the palette, and let go of", async () => {
    nothingResizes();
    await draw([soon, open, late]);
    await user.keyboard("jxjx{Control>}k{/Control}");
    await user.click(await screen.findByRole("option", { name: /^Complete: 2 selected/ }));
    expect(workspace.commands.completeAll).toHaveBeenCalledExactlyOnceWith([soon, open]);
    expect(marked()).toEqual([]);
  });

  it("is moved to a project from the palette; and what is at hand where nothing is marked", async () => {
    nothingResizes();
    await draw([soon, open, late], {}, [
      { kind: "project", data: makeProject({ id: "work", name: "Work" }) },
      { kind: "project", data: makeProject({ id: "old", name: "Old", archived: true }) },
    ]);
    const palette = async (chosen: RegExp, ...typed: string[]) => {
      await user.keyboard("{Control>}k{/Control}");
      await user.click(await screen.findByRole("option", { name: chosen }));
      const line = screen.getByPlaceholderText("To which project?");
      expect(screen.getAllByRole("option").map(({ textContent }) => textContent)).toEqual([
        "#Work",
        "No project",
      ]);
      await user.type(line, typed.join(""));
      await user.keyboard("{Enter}");
    };
    await user.keyboard("jxjx");
    await palette(/^Move to a project: 2 selected/, "wo");
    expect(workspace.commands.move).toHaveBeenLastCalledWith([soon, open], "work");
    await user.keyboard("{Escape}j");
    await palette(/^Move to a project: Late/, "no pro");
    expect(workspace.commands.move).toHaveBeenLastCalledWith([late], null);
    // Backspace leads back to all else.
    await user.keyboard("{Control>}k{/Control}");
    await user.click(await screen.findByRole("option", { name: /^Move to a project/ }));
    await user.type(screen.getByPlaceholderText("To which project?"), "x{Backspace}");
    expect(screen.queryByRole("option", { name: /^Complete/ })).toBeNull();
    await user.keyboard("{Backspace}");
    expect(screen.getByRole("option", { name: /^Complete/ })).toBeVisible();
  });

  it("loses what is deleted elsewhere", async () => {
    await draw([soon, open]);
    await user.keyboard("{Control>}a{/Control}");
    act(() => {
      workspace.store.apply([makeEvent(1, "task.deleted", { ...soon, version: 2 })]);
    });
    expect(screen.getAllByText("1 selected")[0]).toBeInTheDocument();
  });

  it("loses what a search puts out of sight", async () => {
    workspace = makeTestWorkspace([soon, open]);
    let search: (q: string) => void = () => undefined;
    function Searched() {
      const [q, setQ] = useState("");
      search = setQ;
      return <BoardPage {...ALL} view={{ ...ALL.view, filter: { ...NO_FILTER, q } }} />;
    }
    await renderPage(<Searched />, workspace);
    await screen.findByRole("article", { name: "Soon" });
    await user.keyboard("{Control>}a{/Control}");
    act(() => {
      search("soon");
    });
    const bar = within(screen.getByRole("region", { name: "Selected tasks" }));
    expect(bar.getByText("1 selected")).toBeVisible();
    await user.click(bar.getByRole("button", { name: "Delete" }));
    expect(workspace.commands.removeAll).toHaveBeenCalledExactlyOnceWith([soon]);
  });

  it("is rescheduled as one by t", async () => {
    await draw([soon, open]);
    await user.keyboard("{Control>}a{/Control}t");
    await user.click(await screen.findByRole("button", { name: /^Tomorrow/ }));
    expect(workspace.commands.rescheduleAll).toHaveBeenCalledTimes(1);
    expect(workspace.commands.rescheduleAll.mock.calls[0]?.[0]).toEqual([soon, open]);
  });
});

describe("the keys", () => {
  beforeEach(() => draw([soon, open, late, done]));
  const focused = () => document.activeElement?.textContent;

  it("q goes to the new task, Escape leaves it", async () => {
    await user.keyboard("q");
    expect(screen.getByRole("textbox", { name: "New task" })).toHaveFocus();
    await user.keyboard("q{Escape}");
    expect(screen.getByRole("textbox", { name: "New task" })).toHaveValue("q");
    expect(document.body).toHaveFocus();
    await user.keyboard("j");
    expect(focused()).toBe("Soon");
  });

  it.each([
    ["q", () => screen.getByRole("textbox", { name: "New task" })],
    ["/", () => screen.getByPlaceholderText("Search")],
  ] as const)("Escape leads from what %s begins back to the card at hand", async (key, line) => {
    await user.keyboard(`jj${key}`);
    expect(line()).toHaveFocus();
    await user.keyboard("{Escape}");
    expect(focused()).toBe("Open");
    await user.keyboard("j");
    expect(focused()).toBe("Late");
  });

  it("Escape leads back to the card from the new task's deadline, too", async () => {
    await user.keyboard("jjq");
    await user.click(screen.getByRole("button", { name: "Deadline" }));
    await user.click(await screen.findByRole("button", { name: tomorrowMorning.label }));
    expect(screen.getByRole("textbox", { name: "New task" })).toHaveFocus();
    await user.keyboard("{Escape}");
    expect(focused()).toBe("Open");
  });

  it("j and k move along the cards", async () => {
    await user.keyboard("jjj");
    expect(focused()).toBe("Late");
    await user.keyboard("k");
    expect(focused()).toBe("Open");
  });

  it("e completes, reopens, and goes on to the neighbour", async () => {
    await user.keyboard("je");
    expect(workspace.commands.complete).toHaveBeenCalledExactlyOnceWith(soon);
    expect(focused()).toBe("Open");
    await user.keyboard("jje");
    expect(workspace.commands.reopen).toHaveBeenCalledExactlyOnceWith(done);
  });

  it("Delete goes on from all that was marked to the neighbour that is left", async () => {
    await user.keyboard("jxjx{Delete}");
    expect(workspace.commands.removeAll).toHaveBeenCalledExactlyOnceWith([soon, open]);
    expect(focused()).toBe("Late");
  });

  it("b breaks an open task down, and Close leads back to its card", async () => {
    new FakeServer();
    await user.keyboard("jb");
    const planner = await screen.findByRole("dialog", { name: "Break down" });
    expect(within(planner).getByLabelText("Goal")).toHaveValue("Soon");
    await user.click(within(planner).getByRole("button", { name: "Close" }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(focused()).toBe("Soon");
    await user.keyboard("3b");
    expect(workspace.subject.get()).toBeNull();
  });

  it("Cmd-Z or Ctrl-Z takes back what was done last, but not while something is typed", async () => {
    const [first, last] = [somethingDone(), somethingDone()];
    await user.keyboard("{Control>}z{/Control}");
    expect(last).toHaveBeenCalledTimes(1);
    await user.keyboard("q{Control>}z{/Control}");
    expect(first).not.toHaveBeenCalled();
    screen.getByRole("link", { name: "Soon" }).focus();
    await user.keyboard("{Meta>}z{/Meta}");
    expect(first).toHaveBeenCalledTimes(1);
  });

  it("1, 2 and 3 go to the columns", async () => {
    await user.keyboard("3");
    expect(focused()).toBe("Done");
    await user.keyboard("2");
    expect(focused()).toBe("Late");
  });
});

it("Escape on a card lets go of what is marked, and then closes the task that is open beside", async () => {
  const onLeave = vi.fn();
  const onClose = vi.fn();
  const detail = <Detail taskId="soon" modal={false} onClose={onClose} />;
  await draw([soon, open], { detail, onLeave });
  screen.getByRole("link", { name: "Open" }).focus();
  await user.keyboard("x{Escape}");
  expect(screen.queryByRole("region", { name: "Selected tasks" })).toBeNull();
  expect(onLeave).not.toHaveBeenCalled();
  await user.keyboard("{Escape}");
  expect(onLeave).toHaveBeenCalledTimes(1);
  // Its own Escape is its own.
  expect(onClose).not.toHaveBeenCalled();
  act(() => {
    screen.getByRole("complementary", { name: "Task" }).focus();
  });
  await user.keyboard("{Escape}");
  expect(onClose).toHaveBeenCalledTimes(1);
  expect(onLeave).toHaveBeenCalledTimes(1);
});

it("has the focus on the card that was open last once it is closed", async () => {
  workspace = makeTestWorkspace([soon, open]);
  let show: (id: string | null) => void = () => undefined;
  function Opened() {
    const [id, setId] = useState<string | null>(null);
    show = setId;
    const close = () => {
      setId(null);
    };
    const detail = id && <Detail taskId={id} modal={false} onClose={close} />;
    return <BoardPage {...ALL} detail={detail} />;
  }
  await renderPage(<Opened />, workspace);
  for (const name of ["Soon", "Open"]) {
    const link = await screen.findByRole("link", { name });
    link.focus();
    act(() => {
      show(name.toLowerCase());
    });
    expect(screen.getByRole("complementary", { name: "Task" })).toHaveFocus();
  }
  await user.keyboard("{Escape}");
  expect(screen.getByRole("link", { name: "Open" })).toHaveFocus();
});
