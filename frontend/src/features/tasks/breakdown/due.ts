import { dayOf, startOfDay } from "@/shared/lib/zone";

import type { Deadline } from "../deadline/deadline";
import { dueText } from "../deadline/when";

/** A draft's deadline, which is an instant alone: at midnight it is the end of the day before. */
export function dueOf(deadline: string | null, zone: string): Deadline {
  if (deadline === null) return { deadline, due_date: null };
  const at = Date.parse(deadline);
  const midnight = startOfDay(dayOf(at, zone), zone) === at;
  return { deadline, due_date: midnight ? dayOf(at - 1, zone) : null };
}

/** By when a draft's steps have to be done, as people say it. */
export function dueWords(deadline: string | null, zone: string, today: string): string {
  return dueText(dueOf(deadline, zone), zone, today);
}
