import { API, send } from "./http";
import type { User } from "./types";

export async function updateMe(fields: Pick<User, "time_zone">): Promise<User> {
  return (await send("PATCH", `${API}/users/me/`, { body: fields })) as User;
}
