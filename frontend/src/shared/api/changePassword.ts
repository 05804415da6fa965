import { AUTH, send } from "./http";

export async function changePassword(current: string, next: string): Promise<void> {
  await send("POST", `${AUTH}/account/password/change`, {
    body: { current_password: current, new_password: next },
  });
}
