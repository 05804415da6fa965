import { API, send } from "./http";

/** Logs one device out. */
export async function endSession(id: number): Promise<void> {
  await send("DELETE", `${API}/users/me/sessions/${id}/`);
}

/** Logs every device out, this one too unless it is to be kept. */
export async function endSessions(keepThis: boolean): Promise<void> {
  await send("DELETE", `${API}/users/me/sessions/${keepThis ? "?keep=current" : ""}`);
}
