import { act, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";

import { makeInsights } from "@/test/insights";
import { drawInsights as draw, MISSED, panel, server } from "@/test/insightsPage";
import { freezeTime, screen } from "@/test/render";
import { iso, makeEvent, makeTask } from "@/test/tasks";
import { pass } from "@/test/time";

/** jsdom has no canvas. */
vi.mock("./uplot", () => ({
  default: class {
    static readonly paths = {};
    setData() {
      return undefined;
    }
    destroy() {
      return undefined;
    }
  },
}));

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const PACE = "What will be missed at this pace?";
/** Half an hour is done a day, and much more than that is due. */
const FORECAST = {
  unit: "minutes",
  pace: 30,
  pace_low: 30,
  pace_high: 30,
  days: 20,
  due: 4,
  missed: 3,
  missed_low: 3,
  missed_high: 3,
  first_day: "2026-11-24",
  first_day_missed: 2,
  confidence: "high",
} as const;
let user: ReturnType<typeof freezeTime>;

beforeEach(() => {
  user = freezeTime();
  server.begin();
});

/** A panel's tasks, each with its time. */
const rows = (question: string) =>
  panel(question)
    .queryAllByRole("listitem")
    .map((row) => within(row).getByRole("link").textContent);

it("the tasks of a panel can be put off, each or all", async () => {
  const tasks = [1, 2, 3, 4, 5].map((hour) =>
    makeTask({ id: `${hour}`, title: `Task ${hour}`, deadline: iso(hour * HOUR) }),
  );
  const { reschedule } = await draw(tasks);
  const soon = panel("What is due in the next 24 hours?");
  expect(rows("What is due in the next 24 hours?")).toHaveLength(4);
  expect(soon.getByRole("link", { name: "1 more on the board" })).toBeVisible();
  const one = soon.getByRole("button", { name: "Reschedule “Task 2”" });
  await user.click(one);
  const all = soon.getByRole("button", { name: "Reschedule all 5" });
  await user.click(all);
  expect(reschedule.mock.calls).toEqual([
    [["2"], one],
    [["1", "2", "3", "4", "5"], all],
  ]);
});

it("what is missed and open is listed, the newest first, and its absence is calm", async () => {
  const late = [3, 1, 2, 4, 5, 6, 7].map((days) =>
    makeTask({ id: `${days}`, title: `Late ${days}`, deadline: iso(-days * DAY) }),
  );
  const { workspace } = await draw([makeTask({ id: "soon", deadline: iso(HOUR) })]);
  expect(panel(MISSED).getByText("Nothing missed. Good.")).toBeVisible();
  expect(panel(MISSED).queryByRole("link")).toBeNull();
  const told = late.map((task, at) => makeEvent(at + 1, "task.created", task));
  act(() => {
    workspace.store.apply(told.slice(0, 1));
  });
  expect(panel(MISSED).getByText("One task, due 3 days ago: “Late 3”.")).toBeVisible();
  expect(panel(MISSED).getByRole("link", { name: "To the board" })).toBeVisible();
  act(() => {
    workspace.store.apply(told.slice(1));
  });
  expect(panel(MISSED).getByText("7 tasks. The last was “Late 1”, due 1 day ago.")).toBeVisible();
  expect(rows(MISSED)).toEqual([
    "1 day agoLate 1",
    ...[2, 3, 4, 5, 6].map((days) => `${days} days agoLate ${days}`),
  ]);
  expect(panel(MISSED).getByRole("link", { name: "1 more on the board" })).toHaveAttribute(
    "href",
    "/?bucket=missed",
  );
  // The clock misses, too.
  pass(HOUR);
  expect(rows(MISSED)[0]).toBe("just nowTask soon");
});

it("what is due by the end of a day is not said to be due at midnight", async () => {
  const day = { deadline: iso(12 * HOUR), due_date: "2026-11-22" };
  const { workspace } = await draw([makeTask({ id: "1", title: "Water the plants", ...day })]);
  const soon = panel("What is due in the next 24 hours?");
  expect(soon.getByText("One task, by the end of Sunday: “Water the plants”.")).toBeVisible();
  expect(rows("What is due in the next 24 hours?")).toEqual(["end of dayWater the plants"]);
  expect(soon.getByRole("cell", { name: "end of day" })).toBeInTheDocument();
  act(() => {
    const next = makeTask({ id: "2", title: "Call", deadline: iso(HOUR) });
    workspace.store.apply([makeEvent(1, "task.created", next)]);
  });
  expect(soon.getByText("2 tasks. The next is “Call”, at 1:00 PM.")).toBeVisible();
});

it("of the first day that is too full its tasks are listed", async () => {
  const monday = { deadline: iso(DAY), estimate_min: 400 };
  await draw([
    makeTask({ id: "1", title: "Draw", ...monday }),
    makeTask({
      id: "2",
      title: "Collect",
      ...monday,
      due_date: "2026-11-23",
      deadline: iso(DAY * 1.5),
    }),
    makeTask({ id: "3", title: "Fits", deadline: iso(2 * DAY), estimate_min: 30 }),
  ]);
  const load = "Does the work fit into your days?";
  await screen.findByRole("region", { name: load });
  expect(panel(load).getByRole("list", { name: /^Due on Monday/ })).toBeVisible();
  expect(rows(load)).toEqual([expect.stringMatching(/^12:00.*Draw$/), "end of dayCollect"]);
  // Beside the table, too.
  await user.click(panel(load).getByRole("button", { name: /^Show as a table/ }));
  expect(rows(load)).toHaveLength(2);
});

it("of several days that are too full each can be opened", async () => {
  const tasks = [1, 2, 3].map((days) =>
    makeTask({
      id: `${days}`,
      title: `Full ${days}`,
      deadline: iso(days * DAY),
      estimate_min: 540,
    }),
  );
  const { workspace } = await draw(tasks);
  const load = "Does the work fit into your days?";
  await screen.findByRole("region", { name: load });
  const days = () => panel(load).queryAllByRole("button", { expanded: true });
  const titles = () => rows(load).map((row) => row.slice(-6));
  expect(panel(load).getByText("2 more days are too full as well.")).toBeVisible();
  expect(titles()).toEqual(["Full 1"]);
  expect(days().map(({ textContent }) => textContent)).toEqual([
    expect.stringMatching(/^Monday.*: 9\sh of 8\sh$/),
  ]);
  await user.click(panel(load).getByRole("button", { name: /^Tuesday/ }));
  expect(titles()).toEqual(["Full 1", "Full 2"]);
  expect(panel(load).getByRole("list", { name: /^Due on Tuesday/ })).toBeVisible();
  await user.click(panel(load).getByRole("button", { name: /^Monday/ }));
  expect(titles()).toEqual(["Full 2"]);
  // The only one that is left needs no way to open it.
  act(() => {
    workspace.store.apply(
      [0, 2].map((at) => makeEvent(at + 1, "task.deleted", { ...tasks[at]!, version: 2 })),
    );
  });
  expect(titles()).toEqual(["Full 2"]);
  expect(panel(load).queryByRole("button", { expanded: true })).toBeNull();
});

it("what the pace leaves over goes at once, and nothing takes its place until it is counted again", async () => {
  server.answer = makeInsights({ forecast: FORECAST });
  const due = [10, 20, 30, 80].map((hours) =>
    makeTask({
      id: `${hours}`,
      title: `In ${hours} h`,
      deadline: iso(hours * HOUR),
      estimate_min: 60,
    }),
  );
  const { workspace } = await draw(due);
  await screen.findByRole("region", { name: PACE });
  // By the end of Tuesday; the last is due on Wednesday.
  expect(rows(PACE).map((row) => row.slice(-7))).toEqual(["In 20 h", "In 30 h"]);
  const later = { ...due[2]!, deadline: iso(9 * DAY), version: 2 };
  act(() => {
    workspace.store.apply([makeEvent(1, "task.updated", later)]);
  });
  expect(rows(PACE)).toHaveLength(1);
  server.answer = makeInsights({ forecast: { ...FORECAST, first_day_missed: 3 } });
  pass(10_000);
  await vi.waitFor(() => {
    expect(rows(PACE).map((row) => row.slice(-7))).toEqual(["In 10 h", "In 20 h"]);
  });
});

it("what the pace leaves over is listed though the page learns of it after the server counted it", async () => {
  server.answer = makeInsights({ forecast: FORECAST });
  const { workspace } = await draw([makeTask({ id: "9", deadline: iso(9 * DAY) })]);
  await screen.findByText(/^3 of 4 tasks/);
  expect(rows(PACE)).toEqual([]);
  server.fetched.mockResolvedValue(new Response(null, { status: 304 }));
  act(() => {
    workspace.store.apply([
      makeEvent(1, "task.created", makeTask({ id: "1", title: "Late", deadline: iso(DAY) })),
    ]);
  });
  pass(10_000);
  await vi.waitFor(() => {
    expect(rows(PACE)).toHaveLength(1);
  });
});

it("a task that is opened leads back here", async () => {
  await draw([makeTask({ id: "late", deadline: iso(-HOUR) })]);
  expect(panel(MISSED).getByRole("link", { name: /Task late$/ })).toHaveAttribute(
    "href",
    "/tasks/late?in=insights",
  );
});

it("who comes back finds the page whole at once", async () => {
  server.answer = makeInsights({ forecast: FORECAST });
  const first = await draw([makeTask({ id: "1", deadline: iso(20 * HOUR), estimate_min: 60 })]);
  const pace = "What will be missed at this pace?";
  await screen.findByRole("region", { name: pace });
  first.unmount();
  server.fetched.mockImplementation(() => new Promise(() => undefined));
  await draw(first.workspace);
  expect(rows(pace)).toHaveLength(1);
});

it("the focus stays in a panel whose rows go", async () => {
  const late = ["a", "b", "c"].map((id, at) => makeTask({ id, deadline: iso((at - 9) * HOUR) }));
  const { workspace } = await draw([...late, makeTask({ id: "open" })]);
  let version = 1;
  const gone = (...tasks: typeof late) => {
    act(() => {
      workspace.store.apply(
        tasks.map((task) => makeEvent(version, "task.deleted", { ...task, version: ++version })),
      );
    });
  };
  const [oldest, middle, newest] = late as [(typeof late)[0], (typeof late)[0], (typeof late)[0]];
  panel(MISSED)
    .getByRole("link", { name: /Task b$/ })
    .focus();
  gone(middle);
  expect(panel(MISSED).getByRole("link", { name: /Task a$/ })).toHaveFocus();
  gone(oldest);
  expect(panel(MISSED).getByRole("link", { name: /Task c$/ })).toHaveFocus();
  gone(newest);
  expect(screen.getByRole("region", { name: MISSED })).toHaveFocus();
});

it("the focus is not called back by a row from which somebody has gone", async () => {
  const late = makeTask({ id: "late", deadline: iso(-HOUR) });
  const { workspace } = await draw([late, makeTask({ id: "other", deadline: iso(-2 * HOUR) })]);
  const link = panel(MISSED).getByRole("link", { name: /Task late$/ });
  link.focus();
  link.blur();
  act(() => {
    workspace.store.apply([makeEvent(1, "task.deleted", { ...late, version: 2 })]);
  });
  expect(document.body).toHaveFocus();
});

it("a pace of one task is said as one", async () => {
  server.answer = makeInsights({ forecast: { ...FORECAST, unit: "tasks", pace: 1 } });
  await draw([makeTask({ id: "1", deadline: iso(HOUR) })]);
  expect(await screen.findByText(/^You get 1 task done on a usual working day/)).toBeVisible();
});
