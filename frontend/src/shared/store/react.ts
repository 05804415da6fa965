import { useCallback, useSyncExternalStore } from "react";

import type { Breakdown, Task } from "@/shared/api/types";

import type { Board } from "./board";
import type { TaskStore } from "./store";

export function useBoardOf(store: TaskStore): Board {
  return useSyncExternalStore(store.subscribe, store.getBoard);
}

export function useReadyOf(store: TaskStore): boolean {
  return useSyncExternalStore(store.subscribe, store.isReady);
}

export function useTaskOf(store: TaskStore, id: string): Task | undefined {
  return useSyncExternalStore(
    store.subscribe,
    useCallback(() => store.getTask(id), [store, id]),
  );
}

export function useDraftsOf(store: TaskStore): readonly Breakdown[] {
  return useSyncExternalStore(store.subscribe, store.getDrafts);
}

export function useUnansweredOf(store: TaskStore): number {
  return useSyncExternalStore(store.subscribe, store.countUnanswered);
}
