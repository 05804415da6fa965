import { describe, expect, it } from "vitest";

import { placeBeside, placeBetween, placeOfNew } from "./place";

describe("a place between two", () => {
  it.each([
    ["A", "C"],
    ["A", "B"],
    ["Az", "B"],
    ["8Do7aaqrQZJf", "8Do7aaqrQZJg"],
    ["A", "A1"],
    ["A", "A001"],
    ["", "1"],
  ])("%s and %s sorts between them", (low, high) => {
    const place = placeBetween(low, high);
    expect(low < place && place < high).toBe(true);
  });

  it("is found again and again", () => {
    let high = "B";
    for (let count = 0; count < 200; count += 1) {
      const place = placeBetween("A", high);
      expect("A" < place && place < high).toBe(true);
      high = place;
    }
  });
});

it("what is new comes after what was made before", () => {
  expect(placeOfNew(Date.parse("2026-11-22T12:00:01Z")) > "8Do7aaqrQZJf").toBe(true);
  expect(placeOfNew(2) > placeOfNew(1)).toBe(true);
});

it("beside somebody who is not there is no place", () => {
  expect(placeBeside({ after: "gone" }, [])).toBeNull();
});
