import { useCallback } from "react";

import InsightsPage from "@/features/insights/InsightsPage";
import { useWorkspace } from "@/features/tasks";
import { useObservable } from "@/shared/lib/observable";

/** The insights, of the tasks that the frame holds. */
export function Insights() {
  const { asking, store, zone } = useWorkspace();
  const reschedule = useCallback(
    (ids: readonly string[], anchor: HTMLElement) => {
      // The button that opened the choice closes it, too.
      asking.set(asking.get()?.anchor === anchor ? null : { ids, anchor });
    },
    [asking],
  );
  return <InsightsPage store={store} zone={useObservable(zone)} onReschedule={reschedule} />;
}
