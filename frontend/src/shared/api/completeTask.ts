import { API, send } from "./http";
import type { Task } from "./types";

export async function completeTask(id: string, opId: string): Promise<Task> {
  return (await send("POST", `${API}/tasks/${id}/complete/`, { opId })) as Task;
}
