import { API, send } from "./http";

/** Takes back what one operation did, whole or not at all. */
export async function undo(undone: string, opId: string): Promise<void> {
  await send("POST", `${API}/undo/`, { body: { op_id: undone }, opId });
}
