import { API, send } from "./http";
import type { Breakdown, BreakdownFields } from "./types";

/** Changes a draft; its calendar looks again, also where nothing is sent. */
export async function updateBreakdown(
  id: string,
  fields: BreakdownFields,
  opId: string,
): Promise<Breakdown> {
  return (await send("PATCH", `${API}/breakdowns/${id}/`, { body: fields, opId })) as Breakdown;
}
