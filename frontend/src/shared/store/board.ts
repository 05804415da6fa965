import type { Task } from "@/shared/api/types";

import { type Bucket, bucketOf, isKept } from "./bucket";

/** The three buckets at one instant, in the order in which they are read. */
export interface Board extends Readonly<Record<Bucket, readonly Task[]>> {
  /** The next instant at which time alone changes the board; null if none. */
  readonly nextDeadline: number | null;
}

export const EMPTY_BOARD: Board = { upcoming: [], missed: [], completed: [], nextDeadline: null };

export function boardAt(tasks: Iterable<Task>, now: number): Board {
  const board: Record<Bucket, Task[]> = { upcoming: [], missed: [], completed: [] };
  for (const task of tasks) {
    if (isKept(task, now)) board[bucketOf(task, now)].push(task);
  }
  board.upcoming.sort(bySoonest);
  board.missed.sort((a, b) => instant(b.deadline) - instant(a.deadline) || byAge(a, b));
  board.completed.sort((a, b) => instant(b.completed_at) - instant(a.completed_at) || byAge(a, b));
  const next = board.upcoming[0]?.deadline;
  return { ...board, nextDeadline: next ? Date.parse(next) : null };
}

/** Soonest first, without a deadline last; then the more important, then the older. */
function bySoonest(a: Task, b: Task): number {
  const [left, right] = [instant(a.deadline), instant(b.deadline)];
  if (left !== right) return left < right ? -1 : 1;
  return a.priority - b.priority || byAge(a, b);
}

function byAge(a: Task, b: Task): number {
  return a.created_at.localeCompare(b.created_at) || a.id.localeCompare(b.id);
}

function instant(value: string | null): number {
  return value === null ? Infinity : Date.parse(value);
}
