import { expect, it } from "vitest";

import { iso, makeTask, NOW } from "@/test/tasks";

import { freeSlots } from "./slot";

const HOUR = 3_600_000;
const at = { now: NOW, zone: "UTC", hours: null };
const slot = (task: ReturnType<typeof makeTask>, others: ReturnType<typeof makeTask>[] = []) =>
  new Date(freeSlots([task], others, at).get(task.id) ?? 0).toISOString();

it("waits for the next working hours", () => {
  // Now is a Sunday noon.
  expect(slot(makeTask({ id: "a", estimate_min: 60 }))).toBe("2026-11-23T10:00:00.000Z");
});

it("goes around what other tasks take, and not over the end of a day", () => {
  const until = (deadline: string, estimate_min: number) =>
    makeTask({ id: deadline, deadline, estimate_min });
  const taken = [until("2026-11-23T10:00:00.000Z", 60), until("2026-11-23T16:30:00.000Z", 360)];
  expect(slot(makeTask({ id: "a", estimate_min: 60 }), taken)).toBe("2026-11-24T10:00:00.000Z");
  expect(slot(makeTask({ id: "a", estimate_min: 30 }), taken)).toBe("2026-11-23T10:30:00.000Z");
});

it("finds each of many a time of its own", () => {
  const many = ["a", "b"].map((id) => makeTask({ id, estimate_min: 60, deadline: iso(-HOUR) }));
  const found = freeSlots(many, many, at);
  expect((found.get("b") ?? 0) - (found.get("a") ?? 0)).toBe(HOUR);
});

it("finds hundreds a time before anybody notices", () => {
  const half = (id: string, minutes: number) =>
    makeTask({ id, deadline: iso(minutes * 60_000), estimate_min: 30 });
  const others = Array.from({ length: 900 }, (_, nth) => half(`due ${nth}`, 30 * nth));
  const missed = Array.from({ length: 600 }, (_, nth) => half(`missed ${nth}`, -30 * nth));
  const begun = performance.now();
  const found = freeSlots(missed, others, { ...at, zone: "Europe/Berlin" });
  // It took seconds while each task asked the calendar for itself.
  expect(performance.now() - begun).toBeLessThan(500);
  expect(new Set(found.values()).size).toBe(found.size);
});

it("keeps to hours of one's own", () => {
  const found = freeSlots([makeTask({ id: "a", estimate_min: 60 })], [], {
    ...at,
    hours: { sun: [["20:00", "24:00"]] },
  });
  expect(new Date(found.get("a") ?? 0).toISOString()).toBe("2026-11-22T21:00:00.000Z");
});
