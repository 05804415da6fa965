import type { Task } from "@/shared/api/types";

import type { Board } from "./board";
import { BUCKETS } from "./bucket";

/** Which tasks are meant; what is not said does not matter. `project: null` means those in none. */
export interface Filter {
  readonly project?: string | null;
  /** Labels of which a task has to carry all. */
  readonly labels?: readonly string[];
  readonly matches?: (task: Task) => boolean;
}

/** How many open tasks there are. */
export interface Counts {
  readonly open: number;
  /** By project; those in none under null. What has none is left out. */
  readonly byProject: ReadonlyMap<string | null, number>;
  readonly byLabel: ReadonlyMap<string, number>;
}

/** The part of a board that a filter lets through, in the same order. */
export function within(board: Board, filter: Filter): Board {
  const [upcoming, missed, completed] = BUCKETS.map((bucket) =>
    board[bucket].filter((task) => isWithin(task, filter)),
  ) as [Task[], Task[], Task[]];
  return { upcoming, missed, completed, nextDeadline: board.nextDeadline };
}

export function isWithin(task: Task, { project, labels, matches }: Filter): boolean {
  if (project !== undefined && task.project !== project) return false;
  if (labels?.some((label) => !task.labels.includes(label))) return false;
  return matches?.(task) ?? true;
}

/** Counted once for each board, however many ask. */
const known = new WeakMap<Board, Counts>();

export function countsOf(board: Board): Counts {
  let counts = known.get(board);
  if (!counts) known.set(board, (counts = count(board)));
  return counts;
}

function count({ upcoming, missed }: Board): Counts {
  const byProject = new Map<string | null, number>();
  const byLabel = new Map<string, number>();
  for (const tasks of [upcoming, missed]) {
    for (const { project, labels } of tasks) {
      byProject.set(project, (byProject.get(project) ?? 0) + 1);
      for (const label of labels) byLabel.set(label, (byLabel.get(label) ?? 0) + 1);
    }
  }
  return { open: upcoming.length + missed.length, byProject, byLabel };
}
