import type { Task } from "@/shared/api/types";

import type { Day } from "./groups";

/** Cards under one heading; `day` is null where a bucket has no days. */
export interface Stack {
  readonly day: Day | null;
  readonly name: string;
  readonly tasks: readonly Task[];
}

export type Row =
  | { readonly key: string; readonly stack: Stack; readonly task: null }
  | {
      readonly key: string;
      readonly stack: Stack;
      readonly task: Task;
      /** Its place in the stack, from 1. */
      readonly place: number;
    };

/** A bucket as the rows of one list: a heading, its cards, the next heading. */
export function rowsOf(stacks: readonly Stack[], keepEmpty: boolean): readonly Row[] {
  const rows: Row[] = [];
  for (const stack of stacks) {
    if (stack.tasks.length === 0 && !keepEmpty) continue;
    if (stack.day !== null) rows.push({ key: `day ${stack.day}`, stack, task: null });
    for (const [index, task] of stack.tasks.entries()) {
      rows.push({ key: task.id, stack, task, place: index + 1 });
    }
  }
  return rows;
}
