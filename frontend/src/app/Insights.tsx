import InsightsPage from "@/features/insights/InsightsPage";
import { useWorkspace } from "@/features/tasks";
import { useObservable } from "@/shared/lib/observable";

/** The insights, of the tasks that the frame holds. */
export function Insights() {
  const { store, zone } = useWorkspace();
  return <InsightsPage store={store} zone={useObservable(zone)} />;
}
