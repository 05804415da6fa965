import { API, send } from "./http";
import type { Task, TaskFields } from "./types";

export async function updateTask(id: string, fields: TaskFields, opId: string): Promise<Task> {
  return (await send("PATCH", `${API}/tasks/${id}/`, { body: fields, opId })) as Task;
}
