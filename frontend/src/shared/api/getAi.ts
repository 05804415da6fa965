import { API, send } from "./http";
import type { Ai } from "./types";

/** Which planner is on, what is left of today's budget, and what leaves the server. */
export async function getAi(): Promise<Ai> {
  return (await send("GET", `${API}/ai/`)) as Ai;
}
