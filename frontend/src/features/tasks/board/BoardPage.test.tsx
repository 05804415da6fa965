import { act, within } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import {
  makeTestWorkspace,
  freezeTime,
  renderPage,
  screen,
  type TestWorkspace,
} from "@/test/render";
import { ALL, done, drawBoard, late, open, soon } from "@/test/board";
import { FakeServer, makePlan } from "@/test/breakdowns";
import { screenIs } from "@/test/media";
import { iso, makeEvent, makeProject, makeTask } from "@/test/tasks";
import { pass } from "@/test/time";

import { NO_FILTER } from "../view/view";
import { BoardPage } from "./BoardPage";

let user: ReturnType<typeof freezeTime>;
let workspace: TestWorkspace;

beforeEach(() => {
  user = freezeTime();
});

const draw = async (...args: Parameters<typeof drawBoard>) => {
  workspace = await drawBoard(...args);
};
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

  it("lets a card cross at its deadline", async () => {
    await draw([soon]);
    pass(61_000);
    expect(titles(/^Missed/)).toEqual(["Soon"]);
    expect(titles(/^Upcoming/)).toEqual([]);
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

describe("a view", () => {
  const project = { kind: "project", data: makeProject({ id: "p" }) };
  const place = (kind: "project" | "label", id: string) => ({
    view: { place: { kind, id }, filter: NO_FILTER },
  });

  it("holds what belongs to its place", async () => {
    const inside = makeTask({ id: "i", title: "Inside", project: "p" });
    await draw([inside, open], place("project", "p"), [project]);
    expect(titles(/^Upcoming, 1 task/)).toEqual(["Inside"]);
    await user.keyboard("qTea{Enter}");
    await vi.waitFor(() => {
      expect(workspace.commands.create.mock.calls[0]?.[2]).toEqual({ project: "p" });
    });
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
