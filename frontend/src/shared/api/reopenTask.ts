import { API, send } from "./http";
import type { Task } from "./types";

export async function reopenTask(id: string, opId: string): Promise<Task> {
  return (await send("POST", `${API}/tasks/${id}/reopen/`, { opId })) as Task;
}
