import { ApiError } from "./errors";
import { AUTH, send } from "./http";

/** Ends the session. The answer to a success is 401: nobody is signed in any more. */
export async function signOut(): Promise<void> {
  try {
    await send("DELETE", `${AUTH}/auth/session`);
  } catch (error) {
    if (!(error instanceof ApiError && (error.status === 401 || error.status === 410))) throw error;
  }
}
