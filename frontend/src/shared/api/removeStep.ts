import { API, send } from "./http";
import type { Breakdown } from "./types";

export async function removeStep(id: string, key: string, opId: string): Promise<Breakdown> {
  return (await send("DELETE", `${API}/breakdowns/${id}/steps/${key}/`, { opId })) as Breakdown;
}
