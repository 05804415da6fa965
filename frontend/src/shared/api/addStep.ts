import { API, send } from "./http";
import type { Breakdown, NewStep } from "./types";

export async function addStep(id: string, step: NewStep, opId: string): Promise<Breakdown> {
  return (await send("POST", `${API}/breakdowns/${id}/steps/`, { body: step, opId })) as Breakdown;
}
