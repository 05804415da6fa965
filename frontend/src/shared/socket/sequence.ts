import type { StreamEvent } from "./frames";

/** Of what has come, the events that follow `seq` without a gap, and whether a gap ended them. */
export function following(
  items: readonly StreamEvent[],
  seq: number,
): { fresh: readonly StreamEvent[]; gap: boolean } {
  const fresh: StreamEvent[] = [];
  let last = seq;
  for (const event of items) {
    if (event.seq <= last) continue;
    if (event.seq !== last + 1) return { fresh, gap: true };
    last = event.seq;
    fresh.push(event);
  }
  return { fresh, gap: false };
}
