import { API, send } from "./http";
import type { User } from "./types";

/** Makes a guest with sample tasks and signs this browser in as that guest. */
export async function startDemo(): Promise<User> {
  return (await send("POST", `${API}/demo/`)) as User;
}
