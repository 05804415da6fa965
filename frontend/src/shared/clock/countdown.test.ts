import { describe, expect, it } from "vitest";

import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "@/shared/lib/durations";
import { NOW } from "@/test/tasks";

import { type Reading, span, timeAgo, timeLeft } from "./countdown";
import { urgency } from "./urgency";

describe("timeLeft", () => {
  it.each([
    [0, "now"],
    [1, "1 s"],
    [SECOND_MS, "1 s"],
    [SECOND_MS + 1, "2 s"],
    [59 * SECOND_MS, "59 s"],
    [59 * SECOND_MS + 1, "1 m 00 s"],
    [MINUTE_MS, "1 m 00 s"],
    [12 * MINUTE_MS + 4 * SECOND_MS, "12 m 04 s"],
    [HOUR_MS - SECOND_MS, "59 m 59 s"],
    [HOUR_MS - SECOND_MS + 1, "in 1 h 00 m"],
    [HOUR_MS, "in 1 h 00 m"],
    [HOUR_MS + 1, "in 1 h 01 m"],
    [5 * HOUR_MS + 10 * MINUTE_MS, "in 5 h 10 m"],
    [DAY_MS, "in 1 day 0 h"],
    [2 * DAY_MS - MINUTE_MS, "in 1 day 23 h"],
    [2 * DAY_MS, "in 2 days"],
    [3 * DAY_MS, "in 3 days"],
    [9 * DAY_MS - SECOND_MS, "in 9 days"],
  ])("%i ms read as %s", (left, expected) => {
    expect(timeLeft(NOW + left, NOW).value).toBe(expected);
  });
});

/** Every reading holds until the instant it names and reads differently from then on. */
describe("a reading's end", () => {
  const lefts = [
    1,
    SECOND_MS,
    59 * SECOND_MS + 1,
    10 * MINUTE_MS + 1,
    HOUR_MS,
    HOUR_MS + 1,
    DAY_MS,
    DAY_MS + 1,
    2 * DAY_MS,
    2 * DAY_MS + 1,
    2.5 * DAY_MS,
    6.2 * DAY_MS,
  ];
  const reads: Record<string, (now: number) => Reading> = Object.fromEntries(
    lefts.flatMap((left) => [
      [`timeLeft, ${left} ms before`, (now: number) => timeLeft(NOW + left, now)],
      [`urgency, ${left} ms before`, (now: number) => urgency(NOW + left, now)],
      [`timeAgo, ${left} ms after`, (now: number) => timeAgo(NOW - left, now)],
    ]),
  );

  it.each(Object.entries(reads))("%s", (_, read) => {
    const { value, until } = read(NOW);
    if (until === null) {
      expect(read(NOW + 365 * DAY_MS).value).toBe(value);
      return;
    }
    expect(until).toBeGreaterThan(NOW);
    expect(read(until - 1).value).toBe(value);
    expect(read(until).value).not.toBe(value);
  });
});

describe("the others", () => {
  it("what is past is told in whole units", () => {
    expect(timeAgo(NOW, NOW).value).toBe("just now");
    expect(timeAgo(NOW - 22 * MINUTE_MS, NOW).value).toBe("22 min ago");
    expect(timeAgo(NOW - 3 * HOUR_MS, NOW).value).toBe("3 h ago");
    expect(timeAgo(NOW - DAY_MS, NOW).value).toBe("1 day ago");
  });

  it("a length is told in its largest unit", () => {
    expect([500, MINUTE_MS, 3 * HOUR_MS, 2 * DAY_MS].map(span)).toEqual([
      "0 s",
      "1 min",
      "3 h",
      "2 days",
    ]);
  });

  it("urgency begins below a day and below an hour", () => {
    expect(urgency(NOW + DAY_MS, NOW).value).toBe("calm");
    expect(urgency(NOW + DAY_MS - 1, NOW).value).toBe("soon");
    expect(urgency(NOW + HOUR_MS, NOW).value).toBe("soon");
    expect(urgency(NOW + HOUR_MS - 1, NOW).value).toBe("now");
    expect(urgency(NOW, NOW).value).toBe("past");
  });
});
