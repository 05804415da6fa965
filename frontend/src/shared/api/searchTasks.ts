import { API, send } from "./http";
import type { Task } from "./types";

/** The tasks that have all of these words in some form, best match first, of whatever age. */
export async function searchTasks(q: string, limit: number): Promise<readonly Task[]> {
  const query = new URLSearchParams({ q, limit: String(limit) });
  const answer = (await send("GET", `${API}/tasks/?${query.toString()}`)) as {
    readonly results: readonly Task[];
  };
  return answer.results;
}
