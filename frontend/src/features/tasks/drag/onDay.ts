import type { Task } from "@/shared/api/types";
import { bucketOf } from "@/shared/store/bucket";
import { addDays, endOfDay, instantOf, timeOf } from "@/shared/lib/zone";

import { type Day, daysAt } from "../board/groups";
import { type Deadline, instant, NO_DEADLINE } from "../deadline/deadline";

/** The first day of each group, counted from today. */
const DAYS_AWAY: Readonly<Record<Exclude<Day, "none">, number>> = {
  today: 0,
  tomorrow: 1,
  week: 2,
  later: 7,
};

/** When and where something is moved. */
interface At {
  /** The day in that zone. */
  readonly today: string;
  readonly zone: string;
  /** The instant, ms since 1970. */
  readonly now: number;
}

/** Whether a task stands in a group of days already: moving it there would change nothing. */
export function standsOn(task: Task, day: Day, { today, zone, now }: At): boolean {
  return bucketOf(task, now) === "upcoming" && daysAt(zone, today)(task) === day;
}

/**
 * The deadline of a task that is moved to a group of days: at its own time of day, on the group's
 * first day; a whole day where it had no time, or where that time has passed today.
 */
export function onDay(
  task: Pick<Task, "deadline" | "due_date">,
  day: Day,
  { today, zone, now }: At,
): Deadline {
  if (day === "none") return NO_DEADLINE;
  const date = addDays(today, DAYS_AWAY[day]);
  if (task.deadline !== null && task.due_date === null) {
    const at = instantOf(date, timeOf(Date.parse(task.deadline), zone), zone);
    if (at > now) return instant(at);
  }
  return { deadline: new Date(endOfDay(date, zone)).toISOString(), due_date: date };
}
