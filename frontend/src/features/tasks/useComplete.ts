import { useCallback } from "react";

import type { Task } from "@/shared/api/types";
import { views } from "@/shared/text/views";
import { showToast } from "@/shared/ui/toasts";

import { useWorkspace } from "./context";
import { partsOf } from "./parts";

/** Completes a task or takes that back. Parts of it that are open stay so, unless they are to go too. */
export function useComplete(): (task: Task) => void {
  const { commands, store } = useWorkspace();
  return useCallback(
    (task) => {
      if (task.completed_at !== null) {
        commands.reopen(task);
        return;
      }
      const open = partsOf(store.getBoard(), task.id).filter((part) => part.completed_at === null);
      commands.complete(task);
      if (open.length === 0) return;
      showToast({
        message: views.openParts(task.title, open.length),
        action: {
          label: views.completeParts,
          run: () => {
            commands.completeAll(open);
          },
        },
      });
    },
    [commands, store],
  );
}
