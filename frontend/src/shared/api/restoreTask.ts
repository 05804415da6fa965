import { API, send } from "./http";
import type { Task } from "./types";

export async function restoreTask(id: string, opId: string): Promise<Task> {
  return (await send("POST", `${API}/tasks/${id}/restore/`, { opId })) as Task;
}
