import { beforeEach, expect, it } from "vitest";

import type { Task } from "@/shared/api/types";
import { HOUR_MS } from "@/shared/lib/durations";
import { toasts } from "@/shared/ui/toasts";
import { makeTestWorkspace } from "@/test/render";
import { makeTask, NOW } from "@/test/tasks";

import type { WorkingHours } from "../deadline/slot";
import { waysLater } from "./later";

const HOUR_MIN = 60;
const SUNDAY_EVENING = { sun: [["20:00", "21:00"]] } as unknown as WorkingHours;
const NEVER = {} as WorkingHours;

let now = NOW;

/** The ways to put tasks off that are all that there is. */
function waysFor(tasks: readonly Task[], hours: WorkingHours | null = null) {
  const { store, commands } = makeTestWorkspace(tasks);
  const ways = waysLater({
    tasks,
    store,
    commands,
    now: () => now,
    zone: "UTC",
    hours,
    onPick: () => undefined,
  });
  return { commands, ways };
}

/** Puts the tasks off to the next free slot; what was asked for, and what was said. */
function toFree(tasks: readonly Task[], hours: WorkingHours | null) {
  const { commands, ways } = waysFor(tasks, hours);
  ways.find(({ label }) => label.startsWith("Next free slot"))?.run();
  return { commands, said: toasts.get().map(({ message }) => message) };
}

const labels = (ways: ReturnType<typeof waysLater>) =>
  // The space before AM and PM is one that does not break.
  ways.map(({ label }) => label.replace(/\s/g, " "));

beforeEach(() => {
  now = NOW;
});

it("each way says the time that it sets, and sets it, though time goes on", () => {
  const { commands, ways } = waysFor([makeTask({ id: "a" })]);
  expect(labels(ways)).toEqual([
    "Today 8:00 PM",
    "Tomorrow 9:00 AM",
    "Next free slot: Tomorrow 9:30 AM",
    "Pick a time",
  ]);
  now += 12 * HOUR_MS;
  for (const way of ways) way.run();
  expect(commands.reschedule.mock.calls.map(([, { deadline }]) => deadline)).toEqual([
    "2026-11-22T20:00:00.000Z",
    "2026-11-23T09:00:00.000Z",
    "2026-11-23T09:30:00.000Z",
  ]);
});

it("says it anew each time that it is looked at", () => {
  const { ways } = waysFor([makeTask({ id: "a" })], { sun: [["12:00", "20:00"]] });
  expect(labels(ways)[2]).toBe("Next free slot: 12:45 PM");
  now += HOUR_MS;
  expect(labels(ways)[2]).toBe("Next free slot: 1:45 PM");
  now += 8 * HOUR_MS;
  expect(labels(ways)[0]).toBe("Today, until midnight");
});

it("several have today's and tomorrow's time in common, and slots of their own", () => {
  const { ways } = waysFor([makeTask({ id: "a" }), makeTask({ id: "b" })]);
  expect(labels(ways).slice(0, 3)).toEqual([
    "Today 8:00 PM",
    "Tomorrow 9:00 AM",
    "Next free slot for each",
  ]);
});

it("once the evening is over, today is until midnight; and no slot has no time", () => {
  now += 9 * HOUR_MS;
  const { commands, ways } = waysFor([makeTask({ id: "a" })], NEVER);
  expect(labels(ways)).toEqual([
    "Today, until midnight",
    "Tomorrow 9:00 AM",
    "Next free slot",
    "Pick a time",
  ]);
  ways[0]?.run();
  expect(commands.reschedule.mock.calls[0]?.[1].deadline).toBe("2026-11-23T00:00:00.000Z");
});

it("where no slot is free it is said, and nothing moves", () => {
  const { commands, said } = toFree([makeTask({ id: "a" }), makeTask({ id: "b" })], NEVER);
  expect(commands.reschedule).not.toHaveBeenCalled();
  expect(commands.rescheduleEach).not.toHaveBeenCalled();
  expect(said).toEqual(["There is no free slot in the next 60 days. Pick a time instead."]);
});

it("what finds none among others that do stays as it was, and that is said", () => {
  const fits = makeTask({ id: "fits", estimate_min: HOUR_MIN });
  const long = ["b", "c"].map((id) => makeTask({ id, estimate_min: 5 * HOUR_MIN }));
  const { commands, said } = toFree([fits, ...long], SUNDAY_EVENING);
  expect(commands.reschedule).toHaveBeenCalledExactlyOnceWith(
    fits,
    expect.objectContaining({ deadline: "2026-11-22T21:00:00.000Z" }),
  );
  expect(said).toEqual(["2 tasks stay as they were: there is no free slot in the next 60 days."]);
});

it("where all find one nothing more is said", () => {
  const { commands, said } = toFree([makeTask({ id: "a" }), makeTask({ id: "b" })], null);
  expect(commands.rescheduleEach).toHaveBeenCalledTimes(1);
  expect(said).toEqual([]);
});
