import { API, send } from "./http";
import type { Breakdown } from "./types";

export async function cancelBreakdown(id: string, opId: string): Promise<Breakdown> {
  return (await send("POST", `${API}/breakdowns/${id}/cancel/`, { opId })) as Breakdown;
}
