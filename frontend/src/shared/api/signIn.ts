import { AUTH, send } from "./http";

export async function signIn(email: string, password: string): Promise<void> {
  await send("POST", `${AUTH}/auth/login`, { body: { email, password } });
}
