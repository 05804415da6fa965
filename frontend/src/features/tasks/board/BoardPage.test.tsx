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
import { FakeServer, makePlan } from "@/test/breakdowns";
import { screenIs } from "@/test/media";
import { iso, makeEvent, makeTask } from "@/test/tasks";
import { pass } from "@/test/time";

import { NO_FILTER } from "../view/view";
import Detail from "../detail/Detail";
import { BoardPage } from "./BoardPage";

const ALL = {
  view: { place: { kind: "all" }, filter: NO_FILTER },
  title: "All",
  bucket: "upcoming",
  onBucket: vi.fn(),
  modal: false,
  detail: null,
  onPlan: vi.fn(),
} as const;

let user: ReturnType<typeof freezeTime>;
let workspace: TestWorkspace;

const soon = makeTask({ id: "soon", title: "Soon", deadline: iso(60_000) });
const open = makeTask({ id: "open", title: "Open" });
const late = makeTask({ id: "late", title: "Late", deadline: iso(-60_000) });
const done = makeTask({ id: "done", title: "Done", completed_at: iso(-60_000) });

beforeEach(() => {
  user = freezeTime();
});

async function draw(
  tasks: Parameters<typeof makeTestWorkspace>[0],
  props: Partial<Parameters<typeof BoardPage>[0]> = {},
) {
  workspace = makeTestWorkspace(tasks);
  await renderPage(<BoardPage {...ALL} {...props} />, workspace);
  await screen.findByRole("textbox", { name: "New task" });
  if (tasks) await screen.findAllByRole("region");
}

const column = (name: RegExp) => within(screen.getByRole("region", { name }));
const titles = (name: RegExp) =>
  column(name)
    .queryAllByRole("article")
    .map((card) => card.getAttribute("aria-label"));

describe("the wide board", () => {
  it("has each task in its bucket", async () => {
    await draw([soon, open, late, done]);
    expect(titles(/^Upcoming, 2 tasks/)).toEqual(["Soon", "Open"]);
    expect(titles(/^Missed, 1 task/)).toEqual(["Late"]);
    expect(titles(/^Completed, 1 task/)).toEqual(["Done"]);
  });

  it("groups what is coming by day", async () => {
    await draw([
      open,
      soon,
      makeTask({ id: "1", deadline: iso(24 * 3_600_000) }),
      makeTask({ id: "2", deadline: iso(3 * 24 * 3_600_000) }),
      makeTask({ id: "3", deadline: iso(30 * 24 * 3_600_000) }),
    ]);
    const names = screen
      .getAllByRole("heading", { level: 3 })
      .map(({ textContent }) => textContent.replace(/\d+$/, ""));
    expect(names).toEqual(["Today", "Tomorrow", "This week", "Later", "No deadline"]);
  });

  it("lets a card cross at its deadline, and says so once", async () => {
    await draw([soon]);
    pass(61_000);
    expect(titles(/^Missed/)).toEqual(["Soon"]);
    expect(titles(/^Upcoming/)).toEqual([]);
    expect(screen.getByText("Missed: Soon")).toBeInTheDocument();
  });

  it("moves a card when another window completes it", async () => {
    await draw([soon]);
    act(() => {
      workspace.store.apply([
        makeEvent(1, "task.completed", { ...soon, completed_at: iso(), version: 2 }),
      ]);
    });
    expect(titles(/^Completed/)).toEqual(["Soon"]);
  });

  it("keeps the focus with a card that moves", async () => {
    await draw([soon, open]);
    screen.getByRole("link", { name: "Soon" }).focus();
    pass(61_000);
    expect(screen.getByRole("link", { name: "Soon" })).toHaveFocus();
  });

  it("offers ways to begin where there is nothing", async () => {
    await draw([]);
    await user.click(screen.getByRole("button", { name: "Something due in a minute" }));
    expect(screen.getByRole("textbox", { name: "New task" })).toHaveFocus();
    expect(screen.getByRole("button", { name: "Deadline: In 1 minute" })).toBeVisible();
    await user.keyboard("Tea{Enter}");
    await vi.waitFor(() => {
      expect(workspace.commands.create).toHaveBeenCalledTimes(1);
    });
    expect(workspace.commands.create.mock.calls[0]?.[0]).toBe("Tea");
    expect(screen.getByText("Nothing missed. Good.")).toBeVisible();
  });

  it("shows a shape until the tasks are there", async () => {
    await draw(null);
    expect(screen.getByRole("status", { name: "Loading your tasks" })).toBeInTheDocument();
    expect(screen.queryByText("Nothing missed. Good.")).toBeNull();
  });

  it("draws of a long list only what is near", async () => {
    await draw(Array.from({ length: 2_000 }, (_, index) => makeTask({ id: `t${index}` })));
    expect(column(/^Upcoming, 2,000 tasks/).getAllByRole("article").length).toBeLessThan(40);
    const [first] = screen.getAllByRole("listitem");
    expect(first).toHaveAttribute("aria-setsize", "2000");
  });

  it("reaches by key what is not drawn, and keeps it while it has the focus", async () => {
    await draw(Array.from({ length: 200 }, (_, index) => makeTask({ id: `t${index}` })));
    await user.keyboard("j".repeat(60));
    const focused = () => document.activeElement?.closest("li")?.getAttribute("aria-posinset");
    expect(focused()).toBe("60");
  });
});

describe("the phone's board", () => {
  it("shows the bucket that the address names", async () => {
    screenIs(false);
    await draw([soon, open, late, done], { bucket: "missed" });
    expect(screen.getByRole("region", { name: "Missed, 1 task" })).toBeVisible();
    expect(screen.getByRole("article", { name: "Late" })).toBeVisible();
    expect(screen.queryByRole("article", { name: "Soon" })).toBeNull();
  });
});

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
    await user.click(await screen.findByRole("button", { name: "Tomorrow" }));
    expect(workspace.commands.rescheduleAll).toHaveBeenCalledTimes(1);
    expect(workspace.commands.rescheduleAll.mock.calls[0]?.[0]).toEqual([soon, open]);
  });
});

describe("a view", () => {
  const place = (kind: "project" | "label", id: string) => ({
    view: { place: { kind, id }, filter: NO_FILTER },
  });

  it("holds what belongs to its place", async () => {
    const inside = makeTask({ id: "i", title: "Inside", project: "p" });
    await draw([inside, open], place("project", "p"));
    expect(titles(/^Upcoming, 1 task/)).toEqual(["Inside"]);
  });

  it("is narrowed by every word that is searched, whatever its accents", async () => {
    const cafe = makeTask({ id: "c", title: "Pay the Café", notes: "in October" });
    await draw([cafe, open], {
      view: { place: { kind: "all" }, filter: { ...NO_FILTER, q: "octo cafe" } },
    });
    expect(titles(/^Upcoming, 1 task/)).toEqual(["Pay the Café"]);
    expect(screen.getAllByText("Nothing here matches.")[0]).toBeVisible();
  });
});

describe("what was missed while away", () => {
  it("is gathered into one line", async () => {
    localStorage.setItem("taskengine.seen.me", String(Date.parse(iso(-120_000))));
    const before = makeTask({ id: "before", deadline: iso(-180_000) });
    await draw([late, before]);
    expect(await screen.findByText("1 task was missed while you were away.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Review" }));
    expect(screen.queryByText(/while you were away/)).toBeNull();
    expect(screen.getByRole("link", { name: "Late" })).toHaveFocus();
  });

  it("is what the server says, not what the browser had kept", async () => {
    localStorage.setItem("taskengine.seen.me", String(Date.parse(iso(-120_000))));
    workspace = makeTestWorkspace([late]);
    workspace.connection.set({ state: "connecting", reason: null });
    await renderPage(<BoardPage {...ALL} />, workspace);
    await screen.findByRole("link", { name: "Late" });
    pass(300);
    expect(screen.queryByText(/while you were away/)).toBeNull();
    const elsewhere = { deadline: iso(-30_000), created_at: iso(-90_000) };
    act(() => {
      workspace.store.apply([
        makeEvent(1, "task.completed", { ...late, completed_at: iso(-90_000), version: 2 }),
        makeEvent(2, "task.created", makeTask({ id: "one", ...elsewhere })),
        makeEvent(3, "task.created", makeTask({ id: "two", ...elsewhere })),
      ]);
      workspace.connection.set({ state: "live", reason: null });
    });
    pass(300);
    expect(screen.getByText("2 tasks were missed while you were away.")).toBeVisible();
    act(() => {
      workspace.store.apply([
        makeEvent(4, "task.completed", makeTask({ id: "one", completed_at: iso(), version: 2 })),
      ]);
    });
    expect(screen.getByText("1 task was missed while you were away.")).toBeVisible();
  });

  it("is nothing new to who comes for the first time", async () => {
    await draw([late]);
    pass(300);
    expect(screen.queryByText(/while you were away/)).toBeNull();
  });
});

describe("the keys", () => {
  beforeEach(() => draw([soon, open, late, done]));
  const focused = () => document.activeElement?.textContent;

  it("q goes to the new task, Escape leaves it", async () => {
    await user.keyboard("q");
    expect(screen.getByRole("textbox", { name: "New task" })).toHaveFocus();
    await user.keyboard("q{Escape}j");
    expect(screen.getByRole("textbox", { name: "New task" })).toHaveValue("q");
    expect(focused()).toBe("Soon");
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
    await user.keyboard("{Control>}z{/Control}");
    expect(workspace.commands.undoLast).toHaveBeenCalledTimes(1);
    await user.keyboard("q{Control>}z{/Control}");
    expect(workspace.commands.undoLast).toHaveBeenCalledTimes(1);
  });

  it("1, 2 and 3 go to the columns", async () => {
    await user.keyboard("3");
    expect(focused()).toBe("Done");
    await user.keyboard("2");
    expect(focused()).toBe("Late");
  });
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

it("lies out of reach under a task that is open over it", async () => {
  workspace = makeTestWorkspace([soon]);
  await renderPage(<BoardPage {...ALL} detail={<p>Opened</p>} modal />, workspace);
  expect(await screen.findByText("Opened")).toBeVisible();
  expect(screen.getByText("Soon").closest("[inert]")).not.toBeNull();
});

it("leads back to plans for what is no task yet", async () => {
  await draw([soon]);
  new FakeServer();
  act(() => {
    workspace.store.takeDraft(makePlan({ id: "d1", task: "soon" }));
    workspace.store.takeDraft(makePlan({ id: "d2", goal: "Move house" }));
  });
  expect(await screen.findByText("A plan waits for you: “Move house”.")).toBeVisible();
  await user.click(screen.getByRole("button", { name: "Open" }));
  expect(await screen.findByRole("heading", { name: "Move house" })).toBeVisible();
});
