import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { measure, play } from "./flip";

type Frames = readonly Record<string, unknown>[] | PropertyIndexedKeyframes;
const animated = vi.fn<(title: string, frames: Frames) => void>();
let root: HTMLElement;

/** A card where it stands, as jsdom cannot lay it out. */
function place(title: string, bucket: string, left: number, top: number) {
  const card = document.createElement("li");
  card.dataset.travel = title;
  card.dataset.bucket = bucket;
  card.innerHTML = `<a href="#" data-control="title">${title}</a>`;
  card.getBoundingClientRect = () => ({ left, top, bottom: top + 60 }) as DOMRect;
  card.animate = (frames) => {
    animated(title, frames as Frames);
    return {} as Animation;
  };
  root.append(card);
  return card;
}

beforeEach(() => {
  root = document.createElement("div");
  document.body.append(root);
  animated.mockReset();
});

afterEach(() => {
  root.remove();
});

const MARKED = {
  outline: ["3px solid var(--missed-mark)", "3px solid transparent"],
  outlineOffset: "-3px",
};

/** Lets a card go from one bucket to another, and the next one into its place. */
function cross(reducedMotion: boolean) {
  place("a", "upcoming", 0, 0).querySelector("a")?.focus();
  place("b", "upcoming", 0, 80);
  const before = measure(root);
  root.replaceChildren();
  const crossed = place("a", "missed", 400, 0);
  place("b", "upcoming", 0, 0);
  play(root, before, () => "missed", reducedMotion);
  return crossed;
}

describe("a card that crosses the line", () => {
  it("travels from where it stood, lifted above the others, which close up", () => {
    const crossed = cross(false);
    expect(animated).toHaveBeenCalledWith("a", [
      { transform: "translate(-400px, 0px)" },
      { transform: "none" },
    ]);
    expect(animated).toHaveBeenCalledWith("b", [
      { transform: "translate(0px, 80px)" },
      { transform: "none" },
    ]);
    expect(crossed.dataset.lifted).toBe("");
    // And for whoever has blinked, it alone stays marked a while.
    const marked = animated.mock.calls.filter(([, frames]) => "outline" in frames);
    expect(marked).toEqual([["a", MARKED]]);
  });

  it("fades in instead where motion is unwelcome, and the others stand still", () => {
    cross(true);
    expect(animated.mock.calls).toEqual([
      ["a", MARKED],
      ["a", [{ opacity: 0 }, { opacity: 1 }]],
    ]);
  });

  it("keeps the focus", () => {
    const crossed = cross(false);
    expect(crossed.querySelector("a")).toHaveFocus();
  });

  it("gives the focus to the next one where it is gone", () => {
    place("a", "upcoming", 0, 0).querySelector("a")?.focus();
    place("b", "upcoming", 0, 80);
    const before = measure(root);
    root.replaceChildren();
    const next = place("b", "upcoming", 0, 0);
    play(root, before, () => undefined, false);
    expect(next.querySelector("a")).toHaveFocus();
  });
});
