import type { Task } from "@/shared/api/types";
import { timeFormat } from "@/shared/lib/formats";
import { addDays, dayOf } from "@/shared/lib/zone";
import { text } from "@/shared/text";
import { locale } from "@/shared/text/language";

function format(zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return timeFormat(locale(), zone, options);
}

export function timeOfDay(at: number, zone: string): string {
  return format(zone, { hour: "numeric", minute: "2-digit" }).format(at);
}

/** A day as people name it: Today, Tomorrow, or its date; the year only when it is another. */
export function dayName(day: string, today: string): string {
  if (day === today) return text.time.today;
  if (day === addDays(today, 1)) return text.time.tomorrow;
  const year = day.slice(0, 4) === today.slice(0, 4) ? {} : { year: "numeric" as const };
  return format("UTC", { weekday: "short", day: "numeric", month: "short", ...year }).format(
    Date.parse(`${day}T12:00:00Z`),
  );
}

/** An instant on the reader's wall clock. Today goes without saying. */
export function whenText(at: number, zone: string, today: string): string {
  const time = timeOfDay(at, zone);
  const day = dayOf(at, zone);
  return day === today ? time : text.time.dayAndTime(dayName(day, today), time);
}

/** By when a task is due; a deadline without a time is named by its day alone. */
export function dueText(
  task: Pick<Task, "deadline" | "due_date">,
  zone: string,
  today: string,
): string {
  if (task.due_date !== null) return dayName(task.due_date, today);
  return task.deadline === null
    ? text.card.noDeadline
    : whenText(Date.parse(task.deadline), zone, today);
}
