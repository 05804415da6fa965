import { ApiError } from "./errors";
import { AUTH, send } from "./http";

/** Sets a new password by the key from a letter. 401 is a success that does not sign in. */
export async function resetPassword(key: string, password: string): Promise<void> {
  try {
    await send("POST", `${AUTH}/auth/password/reset`, { body: { key, password } });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) throw error;
  }
}
