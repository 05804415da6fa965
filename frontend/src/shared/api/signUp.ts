import { ApiError } from "./errors";
import { AUTH, send } from "./http";

/** Makes an account. False if its address has to be confirmed before it is signed in. */
export async function signUp(email: string, password: string): Promise<boolean> {
  try {
    await send("POST", `${AUTH}/auth/signup`, { body: { email, password } });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return false;
    throw error;
  }
}
