import { describe, expect, it } from "vitest";

import { endOfDay, instantOf, isZone, startOfDay, timeOf, dayOf } from "./zone";

const at = (day: string, time: string, zone: string) =>
  new Date(instantOf(day, time, zone)).toISOString();

describe("instantOf", () => {
  it.each([
    ["UTC", "2026-11-22", "09:00", "2026-11-22T09:00:00.000Z"],
    ["Europe/Berlin", "2026-11-22", "09:00", "2026-11-22T08:00:00.000Z"],
    ["Asia/Kathmandu", "2026-11-22", "00:00", "2026-11-21T18:15:00.000Z"],
    ["America/New_York", "2026-07-01", "20:00", "2026-07-02T00:00:00.000Z"],
    ["Pacific/Kiritimati", "2026-01-01", "12:00", "2025-12-31T22:00:00.000Z"],
  ])("in %s at %s %s is %s", (zone, day, time, expected) => {
    expect(at(day, time, zone)).toBe(expected);
  });

  it("moves a time that a change of clocks skips past the gap", () => {
    expect(at("2026-03-29", "02:30", "Europe/Berlin")).toBe("2026-03-29T01:30:00.000Z");
    expect(timeOf(instantOf("2026-03-29", "02:30", "Europe/Berlin"), "Europe/Berlin")).toBe(
      "03:30",
    );
  });

  it("takes the first of a time that comes twice", () => {
    expect(at("2026-10-25", "02:30", "Europe/Berlin")).toBe("2026-10-25T00:30:00.000Z");
  });

  it("is undone by dayOf and timeOf", () => {
    for (const zone of ["UTC", "Europe/Berlin", "America/Sao_Paulo", "Australia/Lord_Howe"]) {
      for (const day of ["2026-01-01", "2026-03-28", "2026-04-05", "2026-10-26"]) {
        const instant = instantOf(day, "13:45", zone);
        expect([dayOf(instant, zone), timeOf(instant, zone)]).toEqual([day, "13:45"]);
      }
    }
  });
});

describe("days", () => {
  it("end where the next one begins", () => {
    expect(new Date(endOfDay("2026-11-22", "Europe/Berlin")).toISOString()).toBe(
      "2026-11-22T23:00:00.000Z",
    );
  });

  it("begin when the clocks do where midnight is skipped", () => {
    // Beirut, 2021-03-28: 00:00 became 01:00.
    expect(new Date(startOfDay("2021-03-28", "Asia/Beirut")).toISOString()).toBe(
      "2021-03-27T22:00:00.000Z",
    );
  });

  it("know which zones there are", () => {
    expect(isZone("Europe/Berlin")).toBe(true);
    expect(isZone("Mars/Olympus")).toBe(false);
  });
});
