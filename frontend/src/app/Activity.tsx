import { useNavigate } from "@tanstack/react-router";

import { useWorkspace } from "@/features/tasks";
import { useObservable } from "@/shared/lib/observable";
import { part } from "@/shared/ui/part";
import { Unloaded } from "@/shared/ui/Unloaded";

const page = part(() => import("@/features/activity/ActivityPage"));

/** Who closes a task that they opened here comes back here. */
const BACK = { in: "activity" };

/** What was done, over the same tasks as the board. */
export function Activity() {
  const { store, viewer, zone } = useWorkspace();
  const navigate = useNavigate();
  return (
    <page.Part
      of={{
        store,
        viewer,
        zone: useObservable(zone),
        openTask: (taskId) =>
          void navigate({ to: "/tasks/$taskId", params: { taskId }, search: BACK }),
      }}
      failed={(retry) => <Unloaded onRetry={retry} />}
    />
  );
}
