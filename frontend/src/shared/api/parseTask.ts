import { API, send } from "./http";
import type { components } from "./schema";

export type Parsed = Readonly<components["schemas"]["Parsed"]>;
export type ParseRequest = components["schemas"]["ParseRequest"];

export async function parseTask(line: ParseRequest, signal: AbortSignal): Promise<Parsed> {
  return (await send("POST", `${API}/tasks/parse/`, { body: line, signal })) as Parsed;
}
