import { API, send } from "./http";
import type { Breakdown } from "./types";

/** Asks for parts that take the place of one step; they follow in the stream. */
export async function splitStep(id: string, key: string, opId: string): Promise<Breakdown> {
  return (await send("POST", `${API}/breakdowns/${id}/steps/${key}/split/`, { opId })) as Breakdown;
}
