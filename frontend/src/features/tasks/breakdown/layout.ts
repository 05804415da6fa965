import type { Breakdown, Step, Taken, User } from "@/shared/api/types";
import { DAY_MS, MINUTE_MS } from "@/shared/lib/durations";
import { addDays, dayOf, startOfDay } from "@/shared/lib/zone";

export type WorkingHours = User["working_hours"];
export type TakenHours = Taken["taken"];

const USUAL_HOURS: WorkingHours = Object.fromEntries(
  ["mon", "tue", "wed", "thu", "fri"].map((day) => [day, [["09:00", "17:00"]]]),
);

/** When the person works, and what other tasks take of it. */
export interface Calendar {
  readonly hours: WorkingHours;
  readonly taken: TakenHours;
}

/** Until the person's own is known. */
export const USUAL_CALENDAR: Calendar = { hours: USUAL_HOURS, taken: [] };

/** A stretch of the strip, from its left edge (0) to its right (1). */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface StepStretch extends Stretch {
  readonly step: Step;
  readonly number: number;
  /** Beyond the deadline. */
  readonly late: boolean;
}

export interface DayStretch extends Stretch {
  readonly day: string;
  /** Nothing is worked that day. */
  readonly free: boolean;
}

export interface Strip {
  /** The days that it spans; empty where it shows lengths of work only. */
  readonly days: readonly DayStretch[];
  /** What other tasks take. */
  readonly taken: readonly Stretch[];
  readonly steps: readonly StepStretch[];
  readonly now: number | null;
  readonly deadline: number | null;
}

/** A day without work takes this much of the room of a day with it. */
const FREE_DAY = 0.3;
/** More days than this are too thin to be seen apart. */
const MOST_DAYS = 400;
const WEEK = ["thu", "fri", "sat", "sun", "mon", "tue", "wed"] as const;

/**
 * Lays a plan out along the days up to its deadline; where the calendar could not place the steps,
 * or has not yet, along their lengths alone.
 */
export function stripOf(
  draft: Pick<Breakdown, "deadline" | "misfit" | "steps">,
  { hours, taken }: Calendar,
  now: number,
  zone: string,
): Strip {
  const { deadline, steps } = draft;
  const placed = steps.length > 0 && steps.every((step) => step.starts_at && step.deadline);
  if (deadline === null || !placed) return byLength(draft);
  const spans = steps.map(({ starts_at, deadline }) => span(starts_at, deadline));
  const first = Math.min(now, ...spans.map(([from]) => from));
  const last = Math.max(Date.parse(deadline), ...spans.map(([, to]) => to));
  if (last - first > MOST_DAYS * DAY_MS) return byLength(draft);
  const others = taken
    .map(({ starts_at, ends_at }) => span(starts_at, ends_at))
    .filter(([from, to]) => from >= first && to <= last);
  const axis = makeAxis(first, last, [...spans, ...others], hours, zone);
  return {
    days: axis.days,
    taken: others.map(([from, to]) => ({ from: axis.at(from), to: axis.at(to) })),
    steps: steps.map((step, index) => {
      const [from, to] = spans[index] ?? [first, first];
      return { step, number: index + 1, from: axis.at(from), to: axis.at(to), late: false };
    }),
    now: axis.at(now),
    deadline: axis.at(Date.parse(deadline)),
  };
}

function byLength({ misfit, steps }: Pick<Breakdown, "misfit" | "steps">): Strip {
  const total = Math.max(
    1,
    steps.reduce((sum, step) => sum + step.estimate_min, 0),
  );
  let done = 0;
  const free = misfit ? Math.max(0, Math.min(total, total - misfit.missing_min)) : total;
  return {
    days: [],
    taken: [],
    now: null,
    deadline: misfit ? free / total : null,
    steps: steps.map((step, index) => {
      const from = done;
      done += step.estimate_min;
      const [start, end] = [from / total, done / total];
      return { step, number: index + 1, from: start, to: end, late: done > free };
    }),
  };
}

interface Axis {
  readonly days: readonly DayStretch[];
  readonly at: (instant: number) => number;
}

/** An axis on which every working day is as wide as the next, and nights take no room. */
function makeAxis(
  first: number,
  last: number,
  spans: readonly (readonly [number, number])[],
  hours: WorkingHours,
  zone: string,
): Axis {
  const days: { day: string; opens: number; closes: number; free: boolean; weight: number }[] = [];
  // A deadline at midnight ends the day before it.
  const end = dayOf(Math.max(first, last - 1), zone);
  for (let day = dayOf(first, zone); day <= end; day = addDays(day, 1)) {
    const midnight = startOfDay(day, zone);
    const next = startOfDay(addDays(day, 1), zone);
    const worked = (hours[weekday(day)] ?? []).flat().map((time) => midnight + minutes(time));
    // One that only passes through a day, such as a weekend, does not make it a day of work.
    const used = spans.flat().filter((instant) => instant > midnight && instant < next);
    const free = used.length === 0 && worked.length === 0;
    const opens = free ? midnight : Math.min(...worked, ...used);
    const closes = free ? next : Math.max(...worked, ...used);
    days.push({ day, opens, closes, free, weight: free ? FREE_DAY : 1 });
  }
  const total = days.reduce((sum, { weight }) => sum + weight, 0);
  let left = 0;
  const stretches = days.map(({ day, opens, closes, free, weight }) => {
    const from = left / total;
    left += weight;
    return { day, opens, closes, free, from, to: left / total };
  });
  return {
    days: stretches.map(({ day, free, from, to }) => ({ day, free, from, to })),
    at: (instant) => {
      let place = 0;
      for (const { opens, closes, from, to } of stretches) {
        if (instant < opens) break;
        place =
          instant >= closes ? to : from + ((instant - opens) / (closes - opens)) * (to - from);
      }
      return place;
    },
  };
}

function span(from: string | null, to: string | null): readonly [number, number] {
  return [Date.parse(from ?? ""), Date.parse(to ?? "")];
}

function minutes(time: string): number {
  const [hours = 0, rest = 0] = time.split(":").map(Number);
  return (hours * 60 + rest) * MINUTE_MS;
}

function weekday(day: string): (typeof WEEK)[number] {
  // The first of January 1970 was a Thursday.
  const since = Math.round(Date.parse(`${day}T00:00:00Z`) / DAY_MS);
  return WEEK[((since % 7) + 7) % 7] ?? "mon";
}
