import { API, send } from "./http";
import type { Breakdown, StepFields } from "./types";

export async function updateStep(
  id: string,
  key: string,
  fields: StepFields,
  opId: string,
): Promise<Breakdown> {
  return (await send("PATCH", `${API}/breakdowns/${id}/steps/${key}/`, {
    body: fields,
    opId,
  })) as Breakdown;
}
