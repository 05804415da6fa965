import { API, send } from "./http";
import type { DeviceSessions } from "./types";

/** Where the person is logged in, newest first: one page, the first where `cursor` is null. */
export async function listSessions(cursor: string | null): Promise<DeviceSessions> {
  const query = cursor === null ? "" : `?${new URLSearchParams({ cursor })}`;
  return (await send("GET", `${API}/users/me/sessions/${query}`)) as DeviceSessions;
}
