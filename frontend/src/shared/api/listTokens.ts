import { API, send } from "./http";
import type { AccessToken } from "./types";

export async function listTokens(): Promise<readonly AccessToken[]> {
  const page = (await send("GET", `${API}/tokens/`)) as { results: readonly AccessToken[] };
  return page.results;
}
