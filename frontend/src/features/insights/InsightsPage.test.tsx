import { act, within } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";

import { makeInsights, emptyMatrix } from "@/test/insights";
import { drawInsights as draw, MISSED, panel, server } from "@/test/insightsPage";
import { freezeTime, screen } from "@/test/render";
import { iso, makeEvent, makeTask } from "@/test/tasks";
import { pass } from "@/test/time";

const charts = vi.hoisted(() => ({ drawn: [] as unknown[][], missing: false }));

/** jsdom has no canvas: what uPlot is given is what is looked at. */
vi.mock("./uplot", () => {
  if (charts.missing) throw new Error("not to be had");
  return {
    default: class {
      static readonly paths = {};
      constructor(_: unknown, data: unknown[]) {
        charts.drawn.push(data);
      }
      setData(data: unknown[]) {
        charts.drawn.push(data);
      }
      destroy() {
        return undefined;
      }
    },
  };
});

const HOUR = 3_600_000;
let user: ReturnType<typeof freezeTime>;

beforeEach(() => {
  user = freezeTime();
  charts.drawn.length = 0;
  server.begin();
});

const figure = (name: string) =>
  screen.getByText(name, { selector: "dt" }).parentElement?.querySelector("dd")?.textContent;

it("an empty account is told what will stand here", async () => {
  await draw([]);
  expect(await screen.findByText("What your tasks say together will stand here")).toBeVisible();
  expect(screen.getByRole("link", { name: "To the board" })).toBeVisible();
});

it("the numbers move with the replica, before the server is asked", async () => {
  const { workspace } = await draw([makeTask({ id: "1", deadline: iso(HOUR) })]);
  await screen.findByRole("region", { name: "Do you finish on time?" });
  expect([figure("Due in 24 hours"), figure("Missed"), figure("Upcoming")]).toEqual([
    "1",
    "0",
    "1",
  ]);
  const asked = server.fetched.mock.calls.length;
  act(() => {
    workspace.store.apply([
      makeEvent(1, "task.created", makeTask({ id: "2", deadline: iso(2 * HOUR) })),
    ]);
  });
  expect(figure("Due in 24 hours")).toBe("2");
  pass(HOUR + 60_000);
  expect([figure("Due in 24 hours"), figure("Missed")]).toEqual(["1", "1"]);
  expect(asked).toBe(1);
});

it("each chart stands under its question and the answer in words, with a table behind it", async () => {
  const matrix = emptyMatrix();
  matrix[4]![16] = 3;
  matrix[0]![9] = 2;
  server.answer = makeInsights({
    buckets: { upcoming: 1, missed: 0, completed: 9 },
    weeks: makeInsights().weeks.map((week, place) => ({
      ...week,
      settled: 50,
      on_time: place >= 8 ? 41 : 37,
    })),
    missed_by_hour: matrix,
    lateness: makeInsights().lateness.map((bar, place) => ({ ...bar, tasks: place === 2 ? 5 : 1 })),
    forecast: {
      unit: "minutes",
      pace: 190,
      pace_low: 120,
      pace_high: 240,
      days: 20,
      due: 14,
      missed: 3,
      missed_low: 1,
      missed_high: 6,
      first_day: "2026-12-02",
      first_day_missed: 1,
      confidence: "high",
    },
  });
  const monday = iso(24 * HOUR);
  await draw([makeTask({ id: "1", title: "Big", deadline: monday, estimate_min: 600 })]);
  expect(await screen.findByText(/better than in the four weeks before/)).toHaveTextContent(
    "You finish 82% on time, better than in the four weeks before (74%).",
  );
  expect(figure("On time, 4 weeks")).toBe("82%");
  const load = panel("Does the work fit into your days?");
  expect(load.getByText(/^Not on/)).toHaveTextContent(
    "10 h of work is due, and there are 8 h for it.",
  );
  expect(load.getByRole("row", { name: /^Monday.* 1 10\sh 8\sh$/ })).toBeInTheDocument();
  expect(panel("When do you miss deadlines?").getByText(/^3 of the 5/)).toHaveTextContent(
    /fell on a Friday, most often around (16:00|4:00)/,
  );
  expect(
    panel("When you are late, how late?").getByText(/^Half of it is done within 4 h/),
  ).toBeVisible();
  const forecast = panel("What will be missed at this pace?");
  expect(forecast.getByText(/^3 of 14 tasks/)).toBeVisible();
  expect(forecast.getByText("Quite sure. On slow and fast days it would be 1 to 6.")).toBeVisible();
  for (const region of screen.getAllByRole("region")) {
    // What is missed is a list, which says all that a table would.
    const missed = region === screen.getByRole("region", { name: MISSED });
    expect(within(region).queryAllByRole("table")).toHaveLength(missed ? 0 : 1);
  }
});

it("a chart gives way to its table when asked, and comes back; its tasks stay", async () => {
  await draw([makeTask({ id: "1", title: "Soon", deadline: iso(HOUR) })]);
  const soon = panel("What is due in the next 24 hours?");
  const now = soon.getByText("now");
  const toggle = soon.getByRole("button", { name: /^Show as a table/ });
  await user.click(toggle);
  expect(toggle).toHaveAttribute("aria-pressed", "true");
  expect(now).not.toBeInTheDocument();
  expect(soon.getByRole("link", { name: /Soon/ })).toBeVisible();
  expect(soon.getByRole("button", { name: "Reschedule “Soon”" })).toBeVisible();
  await user.click(toggle);
  expect(soon.getByText("now")).toBeVisible();
});

it("too little history is said, and not guessed over", async () => {
  await draw([makeTask({ id: "1", deadline: iso(HOUR) })]);
  expect(await screen.findByText(/^It is too early to say/)).toBeVisible();
  expect(panel("What will be missed at this pace?").queryByRole("table")).toBeNull();
});

it("what the server does not answer is said beside what the page knows itself", async () => {
  server.fetched.mockRejectedValueOnce(new Error("offline"));
  await draw([makeTask({ id: "1", deadline: iso(HOUR) })]);
  expect(await screen.findByText(/^These may be out of date/)).toBeVisible();
  expect(figure("Due in 24 hours")).toBe("1");
  await user.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByRole("region", { name: "Do you finish on time?" })).toBeVisible();
  expect(screen.queryByText(/^These may be out of date/)).toBeNull();
});

it("a change is drawn into the chart that is there", async () => {
  const { workspace } = await draw([
    makeTask({ id: "1", deadline: iso(24 * HOUR), estimate_min: 60 }),
  ]);
  await vi.waitFor(() => {
    expect(charts.drawn.map((data) => (data.at(-1) as number[])[1])).toContain(1);
  });
  act(() => {
    workspace.store.apply([
      makeEvent(
        1,
        "task.created",
        makeTask({ id: "2", deadline: iso(25 * HOUR), estimate_min: 60 }),
      ),
    ]);
  });
  expect((charts.drawn.at(-1)?.at(-1) as number[])[1]).toBe(2);
});
