import type { Task, User } from "@/shared/api/types";
import { DAY_MS, MINUTE_MS } from "@/shared/lib/durations";
import { addDays, dayOf, endOfDay, instantOf, startOfDay } from "@/shared/lib/zone";

export type WorkingHours = NonNullable<User["working_hours"]>;

const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
/** As the server takes them where a person has said nothing. */
const USUAL: readonly (readonly string[])[] = [["09:00", "17:00"]];
const DEFAULT_ESTIMATE_MIN = 30;
const STEP_MS = 15 * MINUTE_MS;
/** How far it looks, in days. */
export const DAYS_AHEAD = 60;

interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Finds time for tasks, one after the other, in working hours that no other open task takes: each
 * takes its estimate right before its deadline. Returns a deadline, ms since 1970, for each that has room, by its id.
 */
export function freeSlots(
  wanted: readonly Task[],
  others: Iterable<Task>,
  { now, zone, hours }: { now: number; zone: string; hours: WorkingHours | null },
): ReadonlyMap<string, number> {
  const ids = new Set(wanted.map(({ id }) => id));
  const taken: Span[] = [];
  for (const task of others) {
    if (ids.has(task.id) || task.completed_at !== null || task.deadline === null) continue;
    const to = Date.parse(task.deadline);
    if (task.estimate_min !== null && to > now) taken.push({ from: to - lengthOf(task), to });
  }
  const found = new Map<string, number>();
  for (const task of wanted) {
    const end = firstFree(lengthOf(task), taken, { now, zone, hours });
    if (end === null) continue;
    found.set(task.id, end);
    taken.push({ from: end - lengthOf(task), to: end });
  }
  return found;
}

function lengthOf({ estimate_min }: Task): number {
  return (estimate_min ?? DEFAULT_ESTIMATE_MIN) * MINUTE_MS;
}

/** The end of the first stretch of working time, unbroken but for pauses, that is long enough. */
function firstFree(
  length: number,
  taken: readonly Span[],
  { now, zone, hours }: { now: number; zone: string; hours: WorkingHours | null },
): number | null {
  const begin = Math.ceil((now + MINUTE_MS) / STEP_MS) * STEP_MS;
  let day = dayOf(begin, zone);
  let left = length;
  for (let count = 0; count < DAYS_AHEAD; count += 1, day = addDays(day, 1)) {
    for (const span of workOn(day, zone, hours)) {
      for (const free of without({ ...span, from: Math.max(span.from, begin) }, taken)) {
        const has = free.to - free.from;
        // What fits into one day is not torn over several.
        if (length <= DAY_MS / 4) {
          if (has >= length) return free.from + length;
        } else if (has >= left) return free.from + left;
        else left -= has;
      }
    }
  }
  return null;
}

function workOn(day: string, zone: string, hours: WorkingHours | null): readonly Span[] {
  const weekday = WEEKDAYS[new Date(`${day}T12:00:00Z`).getUTCDay()] ?? "mon";
  const weekend = weekday === "sat" || weekday === "sun";
  const said = hours as Partial<Record<string, readonly (readonly string[])[]>> | null;
  const spans = said ? (said[weekday] ?? []) : weekend ? [] : USUAL;
  return spans.map(([from = "00:00", to = "24:00"]) => ({
    from: from === "00:00" ? startOfDay(day, zone) : instantOf(day, from, zone),
    to: to === "24:00" ? endOfDay(day, zone) : instantOf(day, to, zone),
  }));
}

/** What is left of a span beside what is taken. */
function without(span: Span, taken: readonly Span[]): readonly Span[] {
  let free = span.to > span.from ? [span] : [];
  for (const { from, to } of taken) {
    free = free.flatMap((one) =>
      to <= one.from || from >= one.to
        ? [one]
        : [
            { from: one.from, to: from },
            { from: to, to: one.to },
          ].filter((rest) => rest.to > rest.from),
    );
  }
  return free;
}
