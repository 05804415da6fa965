import { useCallback, useSyncExternalStore } from "react";

import type { Task } from "@/shared/api/types";
import type { Board } from "@/shared/store/board";
import { BUCKETS } from "@/shared/store/bucket";
import { text } from "@/shared/text";

import { useWorkspace } from "./context";

type Parts = readonly Task[];

const NONE: Parts = [];

/** Counted once for each board, however many cards ask. */
const known = new WeakMap<Board, ReadonlyMap<string, Parts>>();

/** The parts of every task that has some, by its id. */
function partsOn(board: Board): ReadonlyMap<string, Parts> {
  const counted = known.get(board);
  if (counted) return counted;
  const parts = new Map<string, Task[]>();
  for (const task of BUCKETS.flatMap((bucket) => board[bucket])) {
    if (task.parent === null) continue;
    const before = parts.get(task.parent);
    if (before) before.push(task);
    else parts.set(task.parent, [task]);
  }
  known.set(board, parts);
  return parts;
}

export function partsOf(board: Board, id: string): Parts {
  return partsOn(board).get(id) ?? NONE;
}

/** How many of a task's parts are done, in words; null where it has none. */
export function useProgress(id: string): string | null {
  const { store } = useWorkspace();
  return useSyncExternalStore(
    store.subscribe,
    useCallback(() => {
      const parts = partsOf(store.getBoard(), id);
      const done = parts.filter((part) => part.completed_at !== null).length;
      return parts.length === 0 ? null : text.plan.done(done, parts.length);
    }, [id, store]),
  );
}
