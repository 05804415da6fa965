import { createContext, useContext } from "react";

import type { Task } from "@/shared/api/types";
import type { Board } from "@/shared/store/board";
import { useObservable } from "@/shared/lib/observable";
import { useBoardOf, useTaskOf } from "@/shared/store/react";

import type { Workspace } from "./workspace";

const WorkspaceContext = createContext<Workspace | null>(null);

export const WorkspaceProvider = WorkspaceContext.Provider;

export function useWorkspace(): Workspace {
  const workspace = useContext(WorkspaceContext);
  if (!workspace) throw new Error("useWorkspace needs a WorkspaceProvider above it.");
  return workspace;
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
