import { describe, expect, it } from "vitest";

import { makePlan, makeStep } from "@/test/breakdowns";
import { iso, NOW } from "@/test/tasks";

import { moveStep, neighbour, withoutStep } from "./edits";
import { stripOf, USUAL_CALENDAR } from "./layout";
import { readMinutes, work } from "./minutes";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe("lengths of work", () => {
  it.each([
    ["45", 45],
    ["45 min", 45],
    ["2h", 120],
    ["1.5 h", 90],
    ["1,5 Std", null],
    ["1 h 30 min", 90],
    ["1h30", 90],
    ["0", null],
    ["", null],
    ["soon", null],
    ["10081", null],
  ])("%s is read", (entered, minutes) => {
    expect(readMinutes(entered)).toBe(minutes);
  });

  it.each([45, 60, 90, 10_080])("%s min are read as they are said", (minutes) => {
    expect(readMinutes(work(minutes))).toBe(minutes);
  });
});

describe("edits", () => {
  const keys = (plan: ReturnType<typeof makePlan>) => plan.steps.map(({ key }) => key);

  it("a step moves behind another, or first", () => {
    expect(keys(moveStep("a", "b")(makePlan()))).toEqual(["b", "a", "c"]);
    expect(keys(moveStep("c", null)(makePlan()))).toEqual(["c", "a", "b"]);
    expect(keys(moveStep("gone", "a")(makePlan()))).toEqual(["a", "b", "c"]);
  });

  it.each([
    ["a", 0, null],
    ["a", 1, "b"],
    ["a", 2, "c"],
    ["c", 0, null],
    ["c", 1, "a"],
  ])("%s at place %i stands behind its neighbour", (key, place, after) => {
    expect(neighbour(makePlan().steps, key, place)).toBe(after);
  });

  it("what waited for a step that goes waits for what it waited for", () => {
    const steps = [
      makeStep("a"),
      makeStep("b", { depends_on: ["a"] }),
      makeStep("c", { depends_on: ["b"] }),
    ];
    const left = withoutStep("b")(makePlan({ steps })).steps;
    expect(left.map(({ key, depends_on }) => [key, depends_on])).toEqual([
      ["a", []],
      ["c", ["a"]],
    ]);
  });
});

describe("the strip", () => {
  // NOW is a Sunday noon; by the usual hours Monday is worked from 9 to 17.
  const monday = NOW + 21 * HOUR;
  const placed = (key: string, from: number, hours: number) =>
    makeStep(key, {
      starts_at: new Date(from).toISOString(),
      deadline: new Date(from + hours * HOUR).toISOString(),
    });
  const strip = (fields: Parameters<typeof makePlan>[0]) =>
    stripOf(makePlan(fields), USUAL_CALENDAR, NOW, "UTC");

  it("gives each working day the same room, a free day less, and nights none", () => {
    const { days } = strip({
      deadline: iso(3 * DAY),
      steps: [placed("a", monday, 2)],
    });
    expect(days.map(({ day, free }) => [day, free])).toEqual([
      ["2026-11-22", true],
      ["2026-11-23", false],
      ["2026-11-24", false],
      ["2026-11-25", false],
    ]);
    const widths = days.map(({ from, to }) => to - from);
    expect(widths[1]).toBeCloseTo(1 / 3.3);
    expect(widths[0]).toBeCloseTo(0.3 / 3.3);
    expect(days.at(-1)?.to).toBeCloseTo(1);
  });

  it("lays steps out in time, none before now or beyond the deadline", () => {
    const { steps, now, deadline } = strip({
      deadline: new Date(monday + 8 * HOUR).toISOString(),
      steps: [placed("a", monday, 2), placed("b", monday + 6 * HOUR, 2)],
    });
    const [a, b] = steps;
    expect(now).toBeLessThan(a!.from);
    expect(a!.to).toBeLessThan(b!.from);
    expect(b!.to).toBeCloseTo(deadline!);
    expect(deadline).toBeCloseTo(1);
  });

  it("shows where other tasks take the time, within its days", () => {
    const hours = (from: number, to: number) => ({
      starts_at: new Date(monday + from * HOUR).toISOString(),
      ends_at: new Date(monday + to * HOUR).toISOString(),
    });
    const plan = makePlan({
      deadline: new Date(monday + 8 * HOUR).toISOString(),
      steps: [placed("a", monday + 6 * HOUR, 2)],
    });
    const taken = [hours(2, 6), hours(24, 25)];
    const { days, ...strip } = stripOf(plan, { ...USUAL_CALENDAR, taken }, NOW, "UTC");
    const [day] = days.slice(-1);
    const length = day!.to - day!.from;
    expect(strip.taken).toEqual([
      {
        from: expect.closeTo(day!.from + length / 4) as number,
        to: expect.closeTo(day!.from + (3 * length) / 4) as number,
      },
    ]);
    expect(strip.steps[0]?.from).toBeCloseTo(strip.taken[0]!.to);
  });

  it("is worked on a day of which something is taken, whatever the hours", () => {
    const plan = makePlan({ deadline: iso(3 * DAY), steps: [placed("a", monday, 2)] });
    const taken = [{ starts_at: iso(HOUR), ends_at: iso(2 * HOUR) }];
    const { days } = stripOf(plan, { ...USUAL_CALENDAR, taken }, NOW, "UTC");
    expect(days[0]).toMatchObject({ day: "2026-11-22", free: false });
  });

  it("ends the day before with a deadline at midnight", () => {
    const { days } = strip({
      deadline: "2026-11-24T00:00:00Z",
      steps: [placed("a", monday, 2)],
    });
    expect(days.at(-1)?.day).toBe("2026-11-23");
  });

  it("hangs what does not fit over the deadline", () => {
    const misfit = {
      needed_min: 180,
      free_min: 90,
      missing_min: 90,
      first_step: "b",
      fixes: [],
      detail: "",
    };
    const { deadline, steps, days } = strip({ deadline: iso(HOUR), misfit });
    expect(days).toEqual([]);
    expect(deadline).toBeCloseTo(0.5);
    expect(steps.map(({ late }) => late)).toEqual([false, true, true]);
  });

  it("shows lengths alone where there is no deadline", () => {
    const { deadline, now, steps } = strip({});
    expect([deadline, now]).toEqual([null, null]);
    expect(steps.map(({ from }) => from)).toEqual([
      0,
      expect.closeTo(1 / 3),
      expect.closeTo(2 / 3),
    ]);
  });
});
