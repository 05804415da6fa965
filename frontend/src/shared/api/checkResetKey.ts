import { ApiError } from "./errors";
import { AUTH, send } from "./http";

/** Whether the key from a letter can still set a password. */
export async function checkResetKey(key: string): Promise<boolean> {
  try {
    await send("GET", `${AUTH}/auth/password/reset`, {
      headers: { "X-Password-Reset-Key": key },
    });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 400) return false;
    throw error;
  }
}
