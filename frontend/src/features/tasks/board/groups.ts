import type { Task } from "@/shared/api/types";
import { addDays, startOfDay } from "@/shared/lib/zone";
import { text } from "@/shared/text";

import { byHand, type Order } from "../view/view";

export const DAYS = ["today", "tomorrow", "week", "later", "none"] as const;
export type Day = (typeof DAYS)[number];

export interface Group {
  readonly day: Day;
  readonly name: string;
  readonly tasks: readonly Task[];
}

/** Upcoming tasks, which come soonest first, under the days they fall on in `zone`. */
export function byDay(
  tasks: readonly Task[],
  zone: string,
  today: string,
  order: Order = "time",
): readonly Group[] {
  const dayIn = daysAt(zone, today);
  const groups = new Map<Day, Task[]>(DAYS.map((day) => [day, []]));
  for (const task of tasks) groups.get(dayIn(task))?.push(task);
  // What has no time of its own stands as the person put it.
  groups.get("none")?.sort(byHand);
  if (order === "hand") for (const group of groups.values()) group.sort(byHand);
  return DAYS.map((day) => ({ day, name: text.groups[day], tasks: groups.get(day) ?? [] }));
}

type DayIn = (task: Task) => Day;
/** What was asked last: a calendar is slow to ask, and each change asks again. */
let last: { readonly zone: string; readonly today: string; readonly dayIn: DayIn } | null = null;

/** Says under which day a task falls. Days are counted on the wall's calendar, whatever the clocks do. */
export function daysAt(zone: string, today: string): DayIn {
  if (last?.zone !== zone || last.today !== today)
    last = { zone, today, dayIn: readDays(zone, today) };
  return last.dayIn;
}

function readDays(zone: string, today: string): DayIn {
  const tomorrow = addDays(today, 1);
  const week = addDays(today, 7);
  // As instants once, rather than a calendar for each of ten thousand tasks.
  const [tomorrowAt, afterAt, weekAt] = [1, 2, 7].map((days) =>
    startOfDay(addDays(today, days), zone),
  ) as [number, number, number];
  return ({ deadline, due_date: day }) => {
    if (deadline === null) return "none";
    if (day !== null) {
      if (day <= today) return "today";
      if (day === tomorrow) return "tomorrow";
      return day < week ? "week" : "later";
    }
    const at = Date.parse(deadline);
    if (at < tomorrowAt) return "today";
    if (at < afterAt) return "tomorrow";
    return at < weekAt ? "week" : "later";
  };
}
