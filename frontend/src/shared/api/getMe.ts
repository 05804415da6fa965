import { API, send } from "./http";
import type { User } from "./types";

export async function getMe(): Promise<User> {
  return (await send("GET", `${API}/users/me/`)) as User;
}
