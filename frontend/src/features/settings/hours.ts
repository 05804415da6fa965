import type { WorkingHours } from "@/shared/api/types";
import { settings } from "@/shared/text/settings";

export const DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Day = (typeof DAYS)[number];

/** From and to, as a time input has them. */
export type Span = readonly [from: string, to: string];
export type Week = Readonly<Record<Day, readonly Span[]>>;

/** The end of a day: `24:00` on the wire, midnight in an input. */
const DAY_END = "24:00";
const MIDNIGHT = "00:00";
const USUAL: Span = ["09:00", "17:00"];

/** The weekdays from nine to five: what holds for whoever has set nothing. */
export const USUAL_WEEK = weekOf(
  Object.fromEntries(DAYS.slice(0, 5).map((day) => [day, [[...USUAL]]])),
);

export function weekOf(hours: WorkingHours): Week {
  const spans = (day: Day): readonly Span[] =>
    (hours[day] ?? []).map(([from = "", to = ""]) => [from, to === DAY_END ? MIDNIGHT : to]);
  return Object.fromEntries(DAYS.map((day) => [day, spans(day)])) as unknown as Week;
}

/** As the wire has it: in order, free days left out. */
export function hoursOf(week: Week): WorkingHours {
  const hours: WorkingHours = {};
  for (const day of DAYS) {
    if (week[day].length === 0) continue;
    hours[day] = week[day]
      .map((span) => [span[0], endOf(span)])
      .sort(([a = ""], [b = ""]) => (a < b ? -1 : 1));
  }
  return hours;
}

/** What is wrong with a week, said of its first such day; null if nothing is. */
export function problemOf(week: Week): string | null {
  for (const day of DAYS) {
    const name = settings.days[day];
    const spans = week[day].map((span): Span => [span[0], endOf(span)]);
    if (spans.some(([from, to]) => from === "" || to === "" || from >= to)) {
      return settings.hoursBackwards(name);
    }
    const sorted = [...spans].sort(([a], [b]) => (a < b ? -1 : 1));
    if (sorted.some(([from], place) => from < (sorted[place - 1]?.[1] ?? ""))) {
      return settings.hoursOverlap(name);
    }
  }
  return null;
}

/** Hours to add to a day: after the last, or the usual ones on a free day. */
export function nextSpan(spans: readonly Span[]): Span {
  const last = spans.at(-1);
  if (!last) return USUAL;
  const hour = Number(endOf(last).slice(0, 2)) + 1;
  if (hour >= 23) return ["", ""];
  return [wall(hour), wall(Math.min(hour + 2, 23))];
}

function endOf([, to]: Span): string {
  return to === MIDNIGHT ? DAY_END : to;
}

function wall(hour: number): string {
  return `${String(hour).padStart(2, "0")}:00`;
}
