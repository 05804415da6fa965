import { API, send } from "./http";
import type { Breakdown } from "./types";

export async function getBreakdown(id: string): Promise<Breakdown> {
  return (await send("GET", `${API}/breakdowns/${id}/`)) as Breakdown;
}
