import { describe, expect, it } from "vitest";

import { boardAt } from "@/shared/store/board";
import { emptyMatrix, makeInsights } from "@/test/insights";
import { iso, makeTask, NOW } from "@/test/tasks";

import {
  hourMarks,
  leftOver,
  loadOf,
  middleBar,
  numbersOf,
  rates,
  SLOTS,
  slotsOf,
  worstHour,
} from "./figures";
import { weekday, weekOrder } from "./format";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe("the numbers of the replica", () => {
  const board = boardAt(
    [
      makeTask({ id: "in a day", deadline: iso(DAY) }),
      makeTask({ id: "later", deadline: iso(DAY + 1) }),
      makeTask({ id: "open" }),
      makeTask({ id: "now", deadline: iso() }),
      makeTask({ id: "today", completed_at: iso(-HOUR) }),
      makeTask({ id: "yesterday", completed_at: iso(-13 * HOUR) }),
    ],
    NOW,
  );

  it("count what is due within 24 hours, missed, upcoming and done today", () => {
    const counted = numbersOf(board, NOW, "UTC");
    expect(counted.soon.map(({ id }) => id)).toEqual(["in a day"]);
    expect(counted).toMatchObject({ upcoming: 3, doneToday: 1 });
    expect(counted.missed.map(({ id }) => id)).toEqual(["now"]);
  });

  it("take the person's today", () => {
    // Noon in UTC is nine in the evening in Tokyo; yesterday's task was done at eight in the morning there.
    expect(numbersOf(board, NOW, "Asia/Tokyo").doneToday).toBe(2);
  });
});

describe("the load", () => {
  const { load } = makeInsights();
  const dueOn = (zone: string, ...tasks: Parameters<typeof boardAt>[0][]) =>
    loadOf(
      boardAt(
        tasks.flatMap((some) => [...some]),
        NOW,
      ),
      load,
      zone,
    )
      .filter(({ tasks: due }) => due.length > 0)
      .map(({ day, tasks: due, dueMin, unestimated }) => [day, due.length, dueMin, unestimated]);

  it("is what falls due on a day of the person's", () => {
    const late = [makeTask({ id: "1", deadline: "2026-11-23T23:30:00Z", estimate_min: 30 })];
    expect(dueOn("UTC", late)).toEqual([["2026-11-23", 1, 30, 0]]);
    expect(dueOn("Europe/Berlin", late)).toEqual([["2026-11-24", 1, 30, 0]]);
  });

  it("has a day's deadline on that day, and a midnight's on the next", () => {
    const midnight = "2026-11-24T00:00:00Z";
    expect(
      dueOn("UTC", [
        makeTask({ id: "1", deadline: midnight, due_date: "2026-11-23", estimate_min: 30 }),
        makeTask({ id: "2", deadline: midnight }),
      ]),
    ).toEqual([
      ["2026-11-23", 1, 30, 0],
      ["2026-11-24", 1, 0, 1],
    ]);
  });

  it("counts the estimated parts of a task in its place, the missed ones too", () => {
    const whole = makeTask({ id: "whole", deadline: iso(DAY), estimate_min: 600 });
    const part = makeTask({
      id: "part",
      deadline: iso(2 * DAY),
      estimate_min: 20,
      parent: "whole",
    });
    expect(dueOn("UTC", [whole, part])).toEqual([["2026-11-24", 1, 20, 0]]);
    expect(dueOn("UTC", [whole, { ...part, deadline: iso(-1) }])).toEqual([]);
    expect(dueOn("UTC", [whole, { ...part, estimate_min: null }])).toHaveLength(2);
    expect(dueOn("UTC", [whole, { ...part, completed_at: iso() }])).toHaveLength(1);
  });

  it("goes to the end of the last day, and no further", () => {
    const end = "2026-12-06T00:00:00Z";
    const whole = makeTask({ id: "1", deadline: end, due_date: "2026-12-05", estimate_min: 30 });
    const later = makeTask({ id: "2", deadline: end, estimate_min: 60 });
    expect(dueOn("UTC", [whole, later])).toEqual([["2026-12-05", 1, 30, 0]]);
  });
});

describe("what the pace leaves over", () => {
  const forecast = {
    unit: "tasks",
    pace: 1,
    pace_low: 1,
    pace_high: 1,
    days: 20,
    due: 4,
    missed: 3,
    missed_low: 3,
    missed_high: 3,
    first_day: "2026-11-24",
    // The third is missed on a later day.
    first_day_missed: 2,
    confidence: "high",
  } as const;
  const due = (id: string, hours: number, fields = {}) =>
    makeTask({ id, deadline: iso(hours * HOUR), ...fields });
  const left = (of: Parameters<typeof leftOver>[1], zone = "UTC") =>
    leftOver(
      boardAt(
        [
          due("sunday", 1),
          due("monday", 20),
          due("whole tuesday", 60, { due_date: "2026-11-24" }),
          due("wednesday", 61),
          due("next week", 200),
          makeTask({ id: "some day" }),
          due("missed", -1),
        ],
        NOW,
      ),
      of,
      zone,
    ).map(({ id }) => id);

  it("is the last of what is due by the first day that is too much", () => {
    expect(left(forecast)).toEqual(["monday", "whole tuesday"]);
    // Midnight in UTC is still the evening before there.
    expect(left(forecast, "America/New_York")).toEqual(["whole tuesday", "wednesday"]);
    expect(left({ ...forecast, first_day_missed: 9 })).toEqual([
      "sunday",
      "monday",
      "whole tuesday",
    ]);
  });

  it("is nothing where nothing is missed, or nobody can say", () => {
    expect(left({ ...forecast, missed: 0, first_day: null, first_day_missed: 0 })).toEqual([]);
    expect(left(null)).toEqual([]);
  });
});

it("the rate of four weeks is held against the four before", () => {
  const weeks = makeInsights().weeks.map((week, place) =>
    place >= 8
      ? { ...week, settled: 4, on_time: 3 }
      : place >= 4
        ? { ...week, settled: 2, on_time: 1 }
        : week,
  );
  expect(rates(weeks)).toEqual({ lately: 0.75, before: 0.5 });
  expect(rates(makeInsights().weeks)).toEqual({ lately: null, before: null });
});

it("the worst hour is of the worst day", () => {
  const matrix = emptyMatrix();
  matrix[0]![9] = 4;
  matrix[4]![16] = 2;
  matrix[4]![17] = 3;
  expect(worstHour(matrix)).toEqual({ total: 9, day: 4, hour: 17, onDay: 5, most: 3 });
  expect(worstHour(emptyMatrix())).toBeNull();
});

it("the middle bar holds the middle one of what was late", () => {
  const counts = [1, 0, 2, 1, 0, 0, 0];
  const bars = makeInsights().lateness.map((bar, place) => ({ ...bar, tasks: counts[place] ?? 0 }));
  expect(middleBar(bars)?.until_s).toBe(14_400);
  expect(middleBar(makeInsights().lateness)).toBeNull();
});

describe("the timeline", () => {
  it("has a slot for each half hour", () => {
    const tasks = [0, HOUR / 2 - 1, HOUR / 2, DAY - 1, DAY].map((at) =>
      makeTask({ id: String(at), deadline: iso(at) }),
    );
    const slots = slotsOf(tasks, NOW);
    expect(slots).toHaveLength(SLOTS);
    expect(slots.map(({ length }) => length).filter(Boolean)).toEqual([2, 1, 2]);
  });

  it("has its marks at whole hours on the wall, wherever the wall is", () => {
    const hours = (zone: string, now: number) =>
      hourMarks(now, zone, 6).map((at) => (at - now) / HOUR);
    expect(hours("UTC", NOW)).toEqual([0, 6, 12, 18]);
    expect(hours("Asia/Kathmandu", NOW)).toEqual([0.25, 6.25, 12.25, 18.25]);
    // The night on which an hour comes twice.
    const before = Date.parse("2026-10-24T12:00:00Z");
    expect(hours("Europe/Berlin", before)).toEqual([4, 10, 17, 23]);
  });
});

it("a week begins as the reader's does", () => {
  expect(weekOrder("de-DE")).toEqual([0, 1, 2, 3, 4, 5, 6]);
  expect(weekOrder("en-US")).toEqual([6, 0, 1, 2, 3, 4, 5]);
  expect(weekOrder("nonsense!")[0]).toBe(0);
  expect(weekday(0, "long")).toBe("Monday");
});
