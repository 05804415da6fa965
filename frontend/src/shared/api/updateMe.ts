import { API, send } from "./http";
import type { User } from "./types";

export async function updateMe(
  fields: Partial<Pick<User, "time_zone" | "language" | "working_hours">>,
): Promise<User> {
  return (await send("PATCH", `${API}/users/me/`, { body: fields })) as User;
}
