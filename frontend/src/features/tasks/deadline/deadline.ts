import type { Task } from "@/shared/api/types";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "@/shared/lib/durations";
import { addDays, dayOf, endOfDay, instantOf } from "@/shared/lib/zone";
import { text } from "@/shared/text";

import { timeOfDay } from "./when";

/** By when: an instant, a whole day, or nothing. Exactly as the wire says it. */
export type Deadline = Pick<Task, "deadline" | "due_date">;

export const NO_DEADLINE: Deadline = { deadline: null, due_date: null };

const EVENING = "20:00";
const MORNING = "09:00";
const MORNING_MS = 9 * HOUR_MS;

export interface Preset {
  readonly label: string;
  /** The deadline it stands for at `now`, read on a wall clock in `zone`. */
  readonly at: (now: number, zone: string) => Deadline;
}

export const inOneMinute: Preset = {
  get label() {
    return text.deadline.minute;
  },
  at: (now) => instant(wholeSecond(now + MINUTE_MS)),
};

export const inOneHour: Preset = {
  get label() {
    return text.deadline.hour;
  },
  at: (now) => instant(wholeSecond(now + HOUR_MS)),
};

/** Eight in the evening; when that is over, the end of the day. */
export const tonight: Preset = {
  get label() {
    return text.deadline.tonight;
  },
  at: (now, zone) => {
    const today = dayOf(now, zone);
    const evening = instantOf(today, EVENING, zone);
    return instant(evening > now ? evening : endOfDay(today, zone));
  },
};

export const tomorrowMorning: Preset = {
  get label() {
    return text.time.dayAndTime(text.time.tomorrow, timeOfDay(MORNING_MS, "UTC"));
  },
  at: (now, zone) => instant(instantOf(addDays(dayOf(now, zone), 1), MORNING, zone)),
};

export const noDeadline: Preset = {
  get label() {
    return text.deadline.none;
  },
  at: () => NO_DEADLINE,
};

export function instant(at: number): Deadline {
  return { deadline: new Date(at).toISOString(), due_date: null };
}

/** A choice that time does not change. */
export function fixed(deadline: Deadline, label: string): Preset {
  return { label, at: () => deadline };
}

/** A day and perhaps a time, as the inputs give them. */
export function picked(day: string, time: string, zone: string): Deadline {
  return time === ""
    ? { deadline: new Date(endOfDay(day, zone)).toISOString(), due_date: day }
    : instant(instantOf(day, time, zone));
}

/**
 * What to send: a whole day by its date, since the server knows best when that day ends; an
 * instant otherwise.
 */
export function onTheWire({ deadline, due_date }: Deadline): Partial<Deadline> {
  return due_date === null ? { deadline } : { due_date };
}

function wholeSecond(at: number): number {
  return Math.ceil(at / SECOND_MS) * SECOND_MS;
}
