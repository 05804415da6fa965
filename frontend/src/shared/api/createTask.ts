import { API, send } from "./http";
import type { Task, TaskFields } from "./types";

export async function createTask(
  task: { id: string; title: string } & TaskFields,
  opId: string,
): Promise<Task> {
  return (await send("POST", `${API}/tasks/`, { body: task, opId })) as Task;
}
