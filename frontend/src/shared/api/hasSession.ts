import { ApiError } from "./errors";
import { AUTH, send } from "./http";

export async function hasSession(): Promise<boolean> {
  try {
    await send("GET", `${AUTH}/auth/session`);
    return true;
  } catch (error) {
    // 401: nobody is signed in; 410: the session was ended.
    if (error instanceof ApiError && (error.status === 401 || error.status === 410)) return false;
    throw error;
  }
}
