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

/** When and where time is looked for. */
interface At {
  /** The instant, ms since 1970. */
  readonly now: number;
  readonly zone: string;
  readonly hours: WorkingHours | null;
}

/**
 * Finds time for tasks, one after the other, in working hours that no other open task takes: each
 * takes its estimate right before its deadline. Returns a deadline, ms since 1970, for each that has room, by its id.
 */
export function freeSlots(
  wanted: readonly Task[],
  others: Iterable<Task>,
  at: At,
): ReadonlyMap<string, number> {
  const ids = new Set(wanted.map(({ id }) => id));
  // Worked out once for all of them: there may be hundreds, and a calendar is slow to ask.
  let free = workAhead(at);
  for (const task of others) {
    if (ids.has(task.id) || task.completed_at !== null || task.deadline === null) continue;
    const to = Date.parse(task.deadline);
    if (task.estimate_min !== null) free = without(free, { from: to - lengthOf(task), to });
  }
  const found = new Map<string, number>();
  for (const task of wanted) {
    const length = lengthOf(task);
    const end = firstFit(length, free);
    if (end === null) continue;
    found.set(task.id, end);
    free = without(free, { from: end - length, to: end });
  }
  return found;
}

function lengthOf({ estimate_min }: Task): number {
  return (estimate_min ?? DEFAULT_ESTIMATE_MIN) * MINUTE_MS;
}

/** The end of the first stretch of free time, unbroken but for pauses, that is long enough. */
function firstFit(length: number, free: readonly Span[]): number | null {
  let left = length;
  for (const { from, to } of free) {
    const has = to - from;
    // What fits into one day is not torn over several.
    if (length <= DAY_MS / 4) {
      if (has >= length) return from + length;
    } else if (has >= left) return from + left;
    else left -= has;
  }
  return null;
}

/** All working time from the next quarter of an hour on, in order. */
function workAhead({ now, zone, hours }: At): readonly Span[] {
  const begin = Math.ceil((now + MINUTE_MS) / STEP_MS) * STEP_MS;
  const today = dayOf(begin, zone);
  return Array.from({ length: DAYS_AHEAD }, (_, ahead) =>
    workOn(addDays(today, ahead), zone, hours),
  )
    .flat()
    .map(({ from, to }) => ({ from: Math.max(from, begin), to }))
    .filter(({ from, to }) => to > from);
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

/** What is left of free time once something takes a part of it. */
function without(free: readonly Span[], { from, to }: Span): readonly Span[] {
  const isTouched = (one: Span) => from < one.to && to > one.from;
  if (!free.some(isTouched)) return free;
  return free.flatMap((one) =>
    isTouched(one)
      ? [
          { from: one.from, to: from },
          { from: to, to: one.to },
        ].filter((rest) => rest.to > rest.from)
      : one,
  );
}
