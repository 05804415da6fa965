import { useCallback, useSyncExternalStore } from "react";

import type { Breakdown, Label, Project, Task } from "@/shared/api/types";

import type { Board } from "./board";
import { type Counts, countsOf } from "./selectors";
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

/** Archived ones too, in the person's own order. */
export function useProjectsOf(store: TaskStore): readonly Project[] {
  return useSyncExternalStore(store.subscribe, store.getProjects);
}

/** By their names. */
export function useLabelsOf(store: TaskStore): readonly Label[] {
  return useSyncExternalStore(store.subscribe, store.getLabels);
}

/** How many tasks are open, in all and by project and label. */
export function useCountsOf(store: TaskStore): Counts {
  return countsOf(useBoardOf(store));
}
