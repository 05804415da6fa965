import { API, send } from "./http";

/** Deletes the account. A guest has no password to give. */
export async function deleteMe(password: string | null): Promise<void> {
  await send("DELETE", `${API}/users/me/`, { body: password === null ? {} : { password } });
}
