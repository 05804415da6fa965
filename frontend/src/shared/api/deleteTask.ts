import { ApiError } from "./errors";
import { API, send } from "./http";

/** Deletes a task; one that is already gone counts as deleted. */
export async function deleteTask(id: string, opId: string): Promise<void> {
  try {
    await send("DELETE", `${API}/tasks/${id}/`, { opId });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}
