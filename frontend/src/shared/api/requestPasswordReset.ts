import { AUTH, send } from "./http";

export async function requestPasswordReset(email: string): Promise<void> {
  await send("POST", `${AUTH}/auth/password/request`, { body: { email } });
}
