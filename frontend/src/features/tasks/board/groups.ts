import type { Task } from "@/shared/api/types";
import { addDays, dayOf } from "@/shared/lib/zone";
import { text } from "@/shared/text";

export interface Group {
  readonly name: string;
  readonly tasks: readonly Task[];
}

/** Upcoming tasks, which come soonest first, under the days they fall on. */
export function byDay(tasks: readonly Task[], zone: string, today: string): readonly Group[] {
  const tomorrow = addDays(today, 1);
  const week = addDays(today, 7);
  const groups = new Map<string, Task[]>();
  for (const task of tasks) {
    const name = nameOf(task);
    const group = groups.get(name);
    if (group) group.push(task);
    else groups.set(name, [task]);
  }
  return Array.from(groups, ([name, grouped]) => ({ name, tasks: grouped }));

  function nameOf(task: Task): string {
    if (task.deadline === null) return text.groups.none;
    const day = task.due_date ?? dayOf(Date.parse(task.deadline), zone);
    if (day <= today) return text.groups.today;
    if (day === tomorrow) return text.groups.tomorrow;
    return day < week ? text.groups.week : text.groups.later;
  }
}
