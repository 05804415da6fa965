/** As ASCII sorts them; the same as the server's. */
const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE = DIGITS.length;
const HALF = DIGITS[BASE / 2] ?? "";
const INSTANT_CHARS = 9;

/** A guess at the place of what is made now: the last. The server says which it is. */
export function placeOfNew(now: number): string {
  let [left, text] = [Math.floor(now) * 1_000, ""];
  for (let place = 0; place < INSTANT_CHARS; place += 1) {
    text = (DIGITS[left % BASE] ?? "") + text;
    left = Math.floor(left / BASE);
  }
  return text + HALF;
}

/**
 * A guess at a place between two; null where there is none on that side. Shown until the server has
 * chosen one, so it only has to sort right.
 */
export function placeBetween(before: string | null, after: string | null): string {
  const low = before ?? "";
  if (after === null) return low + HALF;
  let common = 0;
  while (digit(low, common) === digit(after, common) && common < after.length) common += 1;
  const [first, second] = [digit(low, common), digit(after, common)];
  // Equal places, or none below: beside the lower one is as near as it gets.
  if (second <= first) return low + HALF;
  const head = after.slice(0, common);
  if (second - first > 1) return head + (DIGITS[Math.floor((first + second) / 2)] ?? "");
  return head + (DIGITS[first] ?? "") + low.slice(common + 1) + HALF;
}

/** A number may be followed by any number of noughts. */
function digit(place: string, at: number): number {
  return Math.max(DIGITS.indexOf(place[at] ?? "0"), 0);
}

interface Placed {
  readonly id: string;
  readonly position: string;
}

/** Places are compared as ASCII text; where two are equal, the ids. */
export function byPlace(a: Placed, b: Placed): number {
  return compare(a.position, b.position) || compare(a.id, b.id);
}

export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** A guess at the place right before or after another one, among `others` in any order. */
export function placeBeside(
  beside: { readonly before: string } | { readonly after: string },
  others: readonly Placed[],
): string | null {
  const inOrder = [...others].sort(byPlace);
  const id = "before" in beside ? beside.before : beside.after;
  const at = inOrder.findIndex((one) => one.id === id);
  if (at < 0) return null;
  const [low, high] = "before" in beside ? [at - 1, at] : [at, at + 1];
  return placeBetween(inOrder[low]?.position ?? null, inOrder[high]?.position ?? null);
}
