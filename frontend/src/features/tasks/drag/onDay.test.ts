import { expect, it } from "vitest";

import { onDay } from "./onDay";

const at = { today: "2026-10-24", zone: "Europe/Berlin", now: Date.parse("2026-10-24T10:00:00Z") };

it("keeps the time of day, over a change of the clocks", () => {
  const task = { deadline: "2026-10-24T15:00:00.000Z", due_date: null };
  // 17:00 in summer is 15:00 UTC, in winter 16:00.
  expect(onDay(task, "tomorrow", at).deadline).toBe("2026-10-25T16:00:00.000Z");
});

it("is a whole day where there was no time, or it has passed", () => {
  const none = { deadline: null, due_date: null };
  expect(onDay(none, "week", at)).toEqual({
    deadline: "2026-10-26T23:00:00.000Z",
    due_date: "2026-10-26",
  });
  const passed = { deadline: "2026-10-23T06:00:00.000Z", due_date: null };
  expect(onDay(passed, "today", at).due_date).toBe("2026-10-24");
  expect(onDay(passed, "none", at)).toEqual({ deadline: null, due_date: null });
});
