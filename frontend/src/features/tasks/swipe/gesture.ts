/** A finger on a card, in px from where it came down. */
export interface Way {
  readonly x: number;
  readonly y: number;
}

/** What a finger is at: not known yet, across the card, or anything else, which is left to the page. */
export type Course = "open" | "across" | "other";

export type Side = "right" | "left";

/** Nearer to where it came down a finger only trembles, px. */
const SLOP_PX = 10;
/** So much further across than along: a scroll that leans is a scroll. */
const SLANT = 1.5;
/** From here on letting go means it: this part of the card's width, and never more than so many px. */
const FAR_ENOUGH = 0.35;
const FAR_ENOUGH_PX = 140;
/** A flick means it sooner, if it is this quick (px in ms) and has gone at least this far. */
const FLICK_PX_PER_MS = 0.6;
const FLICK_PX = 48;
/** Beyond the point where it is meant, and where there is nothing to be had, a card follows this much slower. */
const DRAG = 0.35;
/** At the window's edges a browser has a gesture of its own: back and forward. */
export const EDGE_PX = 24;

/** What the finger is at. Once that is known it stays so until the finger is lifted. */
export function courseOf(way: Way, before: Course): Course {
  if (before !== "open") return before;
  const [across, along] = [Math.abs(way.x), Math.abs(way.y)];
  if (Math.max(across, along) < SLOP_PX) return "open";
  return across > along * SLANT ? "across" : "other";
}

/** Whether a finger that comes down here is the browser's. */
export function atEdge(x: number, windowWidth: number): boolean {
  return x < EDGE_PX || x > windowWidth - EDGE_PX;
}

export function sideOf(x: number): Side {
  return x < 0 ? "left" : "right";
}

/** How far a card has to go until letting go means it, px. */
export function meantAt(width: number): number {
  return Math.min(width * FAR_ENOUGH, FAR_ENOUGH_PX);
}

/** Where the card stands under the finger: with it, until what it does is sure; where it does nothing, hardly. */
export function follow(x: number, width: number, does: (side: Side) => boolean): number {
  const [far, meant] = [Math.abs(x), does(sideOf(x)) ? meantAt(width) : 0];
  return Math.sign(x) * (Math.min(far, meant) + Math.max(0, far - meant) * DRAG);
}

/**
 * What letting go means; null: nothing, the card goes back. `speed` is that of the last moments, px
 * in ms: a finger that is on its way back takes it back, however far it has been.
 */
export function verdict(
  x: number,
  speed: number,
  width: number,
  does: (side: Side) => boolean,
): Side | null {
  const side = sideOf(x);
  if (!does(side)) return null;
  const onward = speed * Math.sign(x);
  if (onward <= -FLICK_PX_PER_MS) return null;
  const flicked = onward >= FLICK_PX_PER_MS && Math.abs(x) >= FLICK_PX;
  return flicked || Math.abs(x) >= meantAt(width) ? side : null;
}
