import { describe, expect, it } from "vitest";

import { atEdge, courseOf, follow, meantAt, verdict } from "./gesture";

const WIDTH = 358;
const both = () => true;
const onlyRight = (side: string) => side === "right";

describe("a finger on a card", () => {
  it("only trembles at first", () => {
    expect(courseOf({ x: 9, y: -9 }, "open")).toBe("open");
  });

  it("goes across once it goes clearly more across than along", () => {
    expect(courseOf({ x: -16, y: 10 }, "open")).toBe("across");
    expect(courseOf({ x: 15, y: 10 }, "open")).toBe("other");
  });

  it("that has begun to scroll never swipes, however far across it goes then", () => {
    expect(courseOf({ x: 2, y: 30 }, "open")).toBe("other");
    expect(courseOf({ x: 300, y: 30 }, "other")).toBe("other");
    expect(courseOf({ x: 60, y: 200 }, "across")).toBe("across");
  });

  it("is the browser's where it comes down at the window's edge", () => {
    expect([atEdge(23, 390), atEdge(24, 390), atEdge(366, 390), atEdge(367, 390)]).toEqual([
      true,
      false,
      false,
      true,
    ]);
  });
});

describe("the card", () => {
  it("is under the finger until it is meant, and slower from there on", () => {
    const meant = meantAt(WIDTH);
    expect(follow(60, WIDTH, both)).toBe(60);
    expect(follow(-meant, WIDTH, both)).toBe(-meant);
    expect(follow(meant + 100, WIDTH, both)).toBeCloseTo(meant + 35);
  });

  it("hardly moves where there is nothing to be had", () => {
    expect(follow(-100, WIDTH, onlyRight)).toBeCloseTo(-35);
  });
});

describe("letting go", () => {
  const meant = meantAt(WIDTH);

  it("means it from the threshold on, and not a pixel before", () => {
    expect(verdict(meant, 0, WIDTH, both)).toBe("right");
    expect(verdict(-meant, 0, WIDTH, both)).toBe("left");
    expect(verdict(meant - 1, 0, WIDTH, both)).toBeNull();
  });

  it("asks no more of a wide card than a thumb can reach", () => {
    expect(verdict(140, 0, 900, both)).toBe("right");
  });

  it("means it sooner after a flick, unless that was a twitch", () => {
    expect(verdict(48, 0.6, WIDTH, both)).toBe("right");
    expect(verdict(-48, -0.6, WIDTH, both)).toBe("left");
    expect(verdict(47, 2, WIDTH, both)).toBeNull();
  });

  it("on the way back takes it back", () => {
    expect(verdict(200, -0.6, WIDTH, both)).toBeNull();
    expect(verdict(-200, 0.6, WIDTH, both)).toBeNull();
  });

  it("does nothing on a side where nothing is", () => {
    expect(verdict(-300, 0, WIDTH, onlyRight)).toBeNull();
  });
});
