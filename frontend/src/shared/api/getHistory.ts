import { API, send } from "./http";
import type { components } from "./schema";

export type History = Readonly<components["schemas"]["History"]>;
export type HistoryEntry = Readonly<components["schemas"]["HistoryEntry"]>;

/** One page of what became of a task, newest first. */
export async function getHistory(taskId: string, cursor: string | null): Promise<History> {
  const query = cursor === null ? "" : `?${new URLSearchParams({ cursor }).toString()}`;
  return (await send("GET", `${API}/tasks/${taskId}/history/${query}`)) as History;
}
