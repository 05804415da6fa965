import { API, send } from "./http";

export async function revokeToken(id: string): Promise<void> {
  await send("DELETE", `${API}/tokens/${id}/`);
}
