import { ApiError } from "./errors";
import { AUTH, send } from "./http";

/** Confirms an address by the key from a letter. 401 is a success of somebody not signed in. */
export async function verifyEmail(key: string): Promise<void> {
  try {
    await send("POST", `${AUTH}/auth/email/verify`, { body: { key } });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) throw error;
  }
}
