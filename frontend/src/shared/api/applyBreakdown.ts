import { API, send } from "./http";
import type { Breakdown } from "./types";

/** Makes tasks of the steps; `applied_op` of the answer is what undoes it. */
export async function applyBreakdown(id: string, opId: string): Promise<Breakdown> {
  return (await send("POST", `${API}/breakdowns/${id}/apply/`, { opId })) as Breakdown;
}
