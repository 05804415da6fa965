import { API, send } from "./http";
import type { Breakdown, BreakdownRequest } from "./types";

/** Asks for a draft of steps; they follow in the stream. */
export async function startBreakdown(asked: BreakdownRequest, opId: string): Promise<Breakdown> {
  return (await send("POST", `${API}/breakdowns/`, { body: asked, opId })) as Breakdown;
}
