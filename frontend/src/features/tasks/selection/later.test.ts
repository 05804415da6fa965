import { expect, it } from "vitest";

import type { Task } from "@/shared/api/types";
import { toasts } from "@/shared/ui/toasts";
import { makeTestWorkspace } from "@/test/render";
import { makeTask, NOW } from "@/test/tasks";

import type { WorkingHours } from "../deadline/slot";
import { waysLater } from "./later";

const HOUR_MIN = 60;
const SUNDAY_EVENING = { sun: [["20:00", "21:00"]] } as unknown as WorkingHours;
const NEVER = {} as WorkingHours;

/** Puts the tasks off to the next free slot; what was asked for, and what was said. */
function toFree(tasks: readonly Task[], hours: WorkingHours | null) {
  const { store, commands } = makeTestWorkspace(tasks);
  const ways = waysLater({
    tasks,
    store,
    commands,
    now: () => NOW,
    zone: "UTC",
    hours,
    onPick: () => undefined,
  });
  ways.find(({ label }) => label === "Next free slot")?.run();
  return { commands, said: toasts.get().map(({ message }) => message) };
}

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
