import { API, send } from "./http";
import type { components } from "./schema";

export type AuditEntry = Readonly<components["schemas"]["AuditEntry"]>;

/** What was done with one's account, newest first: one page. */
export async function listAudit(limit: number): Promise<readonly AuditEntry[]> {
  const page = await send("GET", `${API}/users/me/audit/?limit=${limit}`);
  return (page as components["schemas"]["AuditList"]).results;
}
