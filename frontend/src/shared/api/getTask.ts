import { API, send } from "./http";
import type { Task } from "./types";

export async function getTask(id: string): Promise<Task> {
  return (await send("GET", `${API}/tasks/${encodeURIComponent(id)}/`)) as Task;
}
