import { language } from "@/shared/text/language";
import { API, send } from "./http";
import type { User } from "./types";

/** Makes a guest with sample tasks, in the language that the page speaks, and signs this browser in as that guest. */
export async function startDemo(): Promise<User> {
  const headers = { "Accept-Language": language.get() };
  return (await send("POST", `${API}/demo/`, { headers })) as User;
}
