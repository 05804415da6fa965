import { API, send } from "./http";
import type { Breakdown, RegenerateRequest } from "./types";

/** Asks for the steps anew; those that are locked stay. */
export async function regenerateBreakdown(
  id: string,
  asked: RegenerateRequest,
  opId: string,
): Promise<Breakdown> {
  return (await send("POST", `${API}/breakdowns/${id}/regenerate/`, {
    body: asked,
    opId,
  })) as Breakdown;
}
