import type { Insights, Task } from "@/shared/api/types";
import { DAY_MS, HOUR_MS } from "@/shared/lib/durations";
import { dayOf, endOfDay, startOfDay, wallTime } from "@/shared/lib/zone";
import type { Board } from "@/shared/store/board";

/** The on-time rate is told of so many weeks, and held against as many before them. */
export const WEEKS_TOLD = 4;

/** What the replica knows by itself, at once. */
export interface Numbers {
  readonly soon: readonly Task[];
  /** Those that are open still, the newest first. */
  readonly missed: readonly Task[];
  readonly upcoming: number;
  readonly doneToday: number;
}

export function numbersOf(board: Board, now: number, zone: string): Numbers {
  const today = dayOf(now, zone);
  // As instants once: a calendar is slow to ask, and there may be thousands of tasks.
  const [begin, end] = [startOfDay(today, zone), endOfDay(today, zone)];
  const isToday = (at: number) => begin <= at && at < end;
  return {
    soon: board.upcoming.filter(
      ({ deadline }) => deadline !== null && Date.parse(deadline) <= now + DAY_MS,
    ),
    missed: board.missed,
    upcoming: board.upcoming.length,
    doneToday: board.completed.filter(({ completed_at }) => isToday(Date.parse(completed_at ?? "")))
      .length,
  };
}

export interface LoadDay {
  readonly day: string;
  /** What falls due, the nearest first. */
  readonly tasks: readonly Task[];
  readonly unestimated: number;
  readonly dueMin: number;
  /** Working minutes that are still ahead on the day. */
  readonly capacityMin: number;
}

/** Whether more is due on a day than fits into it. */
export function isOver({ dueMin, capacityMin }: LoadDay): boolean {
  return dueMin > capacityMin;
}

/**
 * The load of the days ahead, from the replica: the server's rule, applied to what is here
 * already. Only the person's hours have to come from the server.
 */
export function loadOf(board: Board, days: Insights["load"], zone: string): readonly LoadDay[] {
  const due = new Map<string, Task[]>();
  const last = days.at(-1)?.day;
  const end = last === undefined ? 0 : endOfDay(last, zone);
  for (const task of workAhead(board)) {
    // The nearest come first. What is due later is not asked on which day, which takes its time.
    if (Date.parse(task.deadline ?? "") > end) break;
    const day = dayOfDeadline(task, zone);
    const before = due.get(day);
    if (before) before.push(task);
    else due.set(day, [task]);
  }
  return days.map(({ day, capacity_min }) => {
    const tasks = due.get(day) ?? [];
    return {
      day,
      tasks,
      unestimated: tasks.filter(({ estimate_min }) => estimate_min === null).length,
      dueMin: tasks.reduce((sum, { estimate_min }) => sum + (estimate_min ?? 0), 0),
      capacityMin: capacity_min,
    };
  });
}

/** What is to be done by a deadline, the nearest first; a task whose open parts are estimated is done in them. */
function workAhead(board: Board): readonly Task[] {
  const open = [...board.upcoming, ...board.missed];
  const inParts = new Set(
    open.filter(({ estimate_min }) => estimate_min !== null).map(({ parent }) => parent),
  );
  return board.upcoming.filter(({ deadline, id }) => deadline !== null && !inParts.has(id));
}

/**
 * The tasks that the forecast's pace leaves over, if the nearest go first: of those due by the end of the first day on
 * which something is missed the last ones, as many as are missed by then.
 */
export function leftOver(
  board: Board,
  forecast: Insights["forecast"],
  zone: string,
): readonly Task[] {
  const until = forecast?.first_day;
  if (!until) return [];
  const due = workAhead(board).filter((task) => dayOfDeadline(task, zone) <= until);
  return due.slice(-forecast.first_day_missed);
}

/** A deadline that was given as a day is the first instant of the next; it is due on its day. */
export function dayOfDeadline({ deadline, due_date }: Task, zone: string): string {
  const at = Date.parse(deadline ?? "");
  return dayOf(due_date === null ? at : at - 1, zone);
}

/** The last weeks' rate and that of the weeks before them; null where nothing was settled. */
export function rates(weeks: Insights["weeks"]): {
  readonly lately: number | null;
  readonly before: number | null;
} {
  return {
    lately: rateOf(weeks.slice(-WEEKS_TOLD)),
    before: rateOf(weeks.slice(-2 * WEEKS_TOLD, -WEEKS_TOLD)),
  };
}

export function rateOf(weeks: Insights["weeks"]): number | null {
  const settled = weeks.reduce((sum, week) => sum + week.settled, 0);
  return settled === 0 ? null : weeks.reduce((sum, week) => sum + week.on_time, 0) / settled;
}

export interface WorstHour {
  readonly total: number;
  /** 0 is Monday. */
  readonly day: number;
  readonly hour: number;
  readonly onDay: number;
  readonly most: number;
}

/** On which weekday most is missed, and at which hour of it; null where nothing is. */
export function worstHour(matrix: Insights["missed_by_hour"]): WorstHour | null {
  const byDay = matrix.map((row) => row.reduce((sum, count) => sum + count, 0));
  const total = byDay.reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const onDay = Math.max(...byDay);
  const day = byDay.indexOf(onDay);
  const row = matrix[day] ?? [];
  const most = Math.max(...row);
  return { total, day, hour: row.indexOf(most), onDay, most };
}

/** The bar within which half of what was late is done; null where nothing was late. */
export function middleBar(bars: Insights["lateness"]): Insights["lateness"][number] | null {
  const total = bars.reduce((sum, { tasks }) => sum + tasks, 0);
  let passed = 0;
  for (const bar of bars) {
    passed += bar.tasks;
    if (total > 0 && 2 * passed >= total) return bar;
  }
  return null;
}

export const SLOT_MS = HOUR_MS / 2;
export const SLOTS = DAY_MS / SLOT_MS;

/** The tasks of the next 24 hours by half hours from now on. */
export function slotsOf(soon: readonly Task[], now: number): readonly (readonly Task[])[] {
  const slots: Task[][] = Array.from({ length: SLOTS }, () => []);
  for (const task of soon) {
    const ahead = Math.floor((Date.parse(task.deadline ?? "") - now) / SLOT_MS);
    slots[Math.min(Math.max(ahead, 0), SLOTS - 1)]?.push(task);
  }
  return slots;
}

/** The whole hours on the wall within the next 24 hours, every `step` of them. */
export function hourMarks(now: number, zone: string, step: number): readonly number[] {
  const marks: number[] = [];
  // No offset is finer than a quarter of an hour.
  const quarter = HOUR_MS / 4;
  for (let at = Math.ceil(now / quarter) * quarter; at < now + DAY_MS; at += quarter) {
    const { hour, minute } = wallTime(at, zone);
    if (minute === 0 && hour % step === 0) marks.push(at);
  }
  return marks;
}
