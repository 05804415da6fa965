import { API, send } from "./http";
import type { LoggedOperations } from "./types";

/** What the person did, newest first: one page, the first where `cursor` is null. */
export async function listOperations(
  cursor: string | null,
  limit: number,
): Promise<LoggedOperations> {
  const query = new URLSearchParams({ limit: String(limit) });
  if (cursor !== null) query.set("cursor", cursor);
  return (await send("GET", `${API}/operations/?${query}`)) as LoggedOperations;
}
