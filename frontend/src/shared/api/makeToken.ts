import { API, send } from "./http";
import type { AccessTokenFields, NewAccessToken } from "./types";

/** Makes an access token. The answer is the only one that ever shows it. */
export async function makeToken(fields: AccessTokenFields): Promise<NewAccessToken> {
  return (await send("POST", `${API}/tokens/`, { body: fields })) as NewAccessToken;
}
