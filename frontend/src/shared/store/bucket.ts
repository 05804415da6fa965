import type { Task } from "@/shared/api/types";
import { DAY_MS } from "@/shared/lib/durations";

export type Bucket = "upcoming" | "missed" | "completed";
export const BUCKETS: readonly Bucket[] = ["upcoming", "missed", "completed"];

/** How long a completed task stays on the board, as in the server's snapshot. */
const KEPT_MS = 30 * DAY_MS;

/** The one rule: which bucket a task is in at `now`. At the deadline itself it is missed. */
export function bucketOf(task: Pick<Task, "completed_at" | "deadline">, now: number): Bucket {
  if (task.completed_at !== null) return "completed";
  return task.deadline !== null && Date.parse(task.deadline) <= now ? "missed" : "upcoming";
}

/** Whether a snapshot taken at `now` holds the task: all that is open, and what closed lately. */
export function isKept(task: Pick<Task, "completed_at">, now: number): boolean {
  return task.completed_at === null || Date.parse(task.completed_at) > now - KEPT_MS;
}
