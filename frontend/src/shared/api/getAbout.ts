import { API, send } from "./http";
import type { About } from "./types";

export async function getAbout(): Promise<About> {
  return (await send("GET", `${API}/about/`)) as About;
}
