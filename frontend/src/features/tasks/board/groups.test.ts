import { expect, it } from "vitest";

import { instantOf } from "@/shared/lib/zone";
import { makeTask } from "@/test/tasks";

import { byDay } from "./groups";

const BERLIN = "Europe/Berlin";
const due = (id: string, day: string, time: string) =>
  makeTask({ id, deadline: new Date(instantOf(day, time, BERLIN)).toISOString() });
const under = (tasks: Parameters<typeof byDay>[0], today: string) =>
  Object.fromEntries(
    byDay(tasks, BERLIN, today).map(({ day, tasks: ones }) => [day, ones.map(({ id }) => id)]),
  );

it("counts days on the wall's calendar, over both changes of the clocks", () => {
  // The 25th of October 2026 has 25 hours, the 28th of March 23.
  for (const [today, next] of [
    ["2026-10-25", "2026-10-26"],
    ["2026-03-28", "2026-03-29"],
  ] as const) {
    const groups = under([due("late", today, "23:59"), due("early", next, "00:00")], today);
    expect(groups).toMatchObject({ today: ["late"], tomorrow: ["early"] });
  }
});

it("takes a day without a time by its date", () => {
  const day = makeTask({
    id: "d",
    due_date: "2026-11-22",
    deadline: "2026-11-22T23:00:00.000Z",
  });
  expect(under([day], "2026-11-22").today).toEqual(["d"]);
});

it("keeps what has no deadline as the person put it, and all of it on demand", () => {
  const tasks = [
    makeTask({ id: "b", position: "b" }),
    makeTask({ id: "a", position: "a" }),
    makeTask({ id: "B", position: "B" }),
  ];
  expect(under(tasks, "2026-11-22").none).toEqual(["B", "a", "b"]);
  const today = [
    { ...due("x", "2026-11-22", "10:00"), position: "z" },
    { ...due("y", "2026-11-22", "11:00"), position: "a" },
  ];
  const byHand = byDay(today, BERLIN, "2026-11-22", "hand")[0]?.tasks.map(({ id }) => id);
  expect(byHand).toEqual(["y", "x"]);
});
