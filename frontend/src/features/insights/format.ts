import type { Task } from "@/shared/api/types";
import { timeFormat } from "@/shared/lib/formats";
import { insights as text } from "@/shared/text/insights";
import { locale } from "@/shared/text/language";

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return timeFormat(locale(), zone, options);
}

export function clockTime(at: number, zone: string): string {
  return format(zone, { hour: "numeric", minute: "2-digit" }).format(at);
}

/** When on its day a task is due. */
export function timeOrDay({ deadline, due_date }: Task, zone: string): string {
  return due_date === null ? clockTime(Date.parse(deadline ?? ""), zone) : text.rows.day;
}

/** The name of a day of the calendar, `2026-11-22`. */
export function dayText(day: string, options: Intl.DateTimeFormatOptions): string {
  return format("UTC", options).format(Date.parse(`${day}T12:00:00Z`));
}

export const SHORT_DAY: Intl.DateTimeFormatOptions = { weekday: "short", day: "numeric" };
export const WHOLE_DAY: Intl.DateTimeFormatOptions = {
  weekday: "long",
  day: "numeric",
  month: "long",
};
export const DATE: Intl.DateTimeFormatOptions = { day: "numeric", month: "short" };

/** A weekday's name; 0 is Monday. */
export function weekday(index: number, width: "long" | "short" | "narrow"): string {
  return dayText(`2026-11-${23 + index}`, { weekday: width });
}

/** An hour of the day, as the clock on the wall says it. */
export function hourText(hour: number): string {
  return clockTime(Date.UTC(2026, 10, 23, hour), "UTC");
}

const numberFormats = new Map<string, Intl.NumberFormat>();

function written(value: number, options: Intl.NumberFormatOptions): string {
  const key = [locale(), JSON.stringify(options)].join(" ");
  let found = numberFormats.get(key);
  if (!found) {
    found = new Intl.NumberFormat(locale(), options);
    numberFormats.set(key, found);
  }
  return found.format(value);
}

export function percent(part: number): string {
  return written(part, { style: "percent", maximumFractionDigits: 0 });
}

export function number(value: number): string {
  return written(value, { maximumFractionDigits: 1 });
}

/** Minutes of work as people say them; rounded to what still matters. */
export function work(minutes: number): string {
  if (minutes < 60) return text.minutes(number(Math.round(minutes)));
  const hours = Math.round(minutes / 6) / 10;
  return text.hours(number(hours));
}

const WEEK_DAYS = [0, 1, 2, 3, 4, 5, 6] as const;

/** The weekdays in the order in which the reader's calendar has them; 0 is Monday. */
export function weekOrder(of: string = locale()): readonly number[] {
  const first = firstDay(of) - 1;
  return WEEK_DAYS.map((_, index) => (first + index) % 7);
}

/** 1 is Monday. */
function firstDay(of: string): number {
  interface WithWeek {
    readonly weekInfo?: { readonly firstDay: number };
    getWeekInfo?: () => { readonly firstDay: number };
  }
  try {
    const known = new Intl.Locale(of) as Intl.Locale & WithWeek;
    return known.getWeekInfo?.().firstDay ?? known.weekInfo?.firstDay ?? 1;
  } catch {
    return 1;
  }
}
