import { createContext, useCallback, useContext, useEffect, useSyncExternalStore } from "react";

import type { Label, Project, Task } from "@/shared/api/types";
import type { Board } from "@/shared/store/board";
import { useObservable } from "@/shared/lib/observable";
import { useBoardOf, useLabelsOf, useProjectsOf, useTaskOf } from "@/shared/store/react";

import type { Wanted, Workspace } from "./workspace";

const WorkspaceContext = createContext<Workspace | null>(null);

export const WorkspaceProvider = WorkspaceContext.Provider;

export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext);
  if (!workspace) throw new Error("useWorkspace needs a WorkspaceProvider above it.");
  return workspace;
}

/** Opens what the frame's own buttons ask for. */
export function useWanted(open: (what: Wanted) => void): void {
  const { wanted } = useWorkspace();
  useEffect(
    () =>
      wanted.subscribe(() => {
        const what = wanted.get();
        if (what === null) return;
        wanted.set(null);
        open(what);
      }),
    [open, wanted],
  );
}

/** The zone in which this person reads and writes times. */
export function useZone(): string {
  return useObservable(useWorkspace().zone);
}

export function useBoard(): Board {
  return useBoardOf(useWorkspace().store);
}

export function useTask(id: string): Task | undefined {
  return useTaskOf(useWorkspace().store, id);
}

/** Archived ones too, in the person's own order. */
export function useProjects(): readonly Project[] {
  return useProjectsOf(useWorkspace().store);
}

/** By their names. */
export function useLabels(): readonly Label[] {
  return useLabelsOf(useWorkspace().store);
}

export function useProject(id: string): Project | undefined {
  const { store } = useWorkspace();
  return useSyncExternalStore(
    store.subscribe,
    useCallback(() => store.getProject(id), [id, store]),
  );
}

export function useLabel(id: string): Label | undefined {
  const { store } = useWorkspace();
  return useSyncExternalStore(
    store.subscribe,
    useCallback(() => store.getLabel(id), [id, store]),
  );
}
