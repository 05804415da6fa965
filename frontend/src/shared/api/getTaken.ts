import { API, send } from "./http";
import type { Taken } from "./types";

/** The working time before a draft's deadline that other tasks take. */
export async function getTaken(id: string): Promise<Taken> {
  return (await send("GET", `${API}/breakdowns/${id}/taken/`)) as Taken;
}
