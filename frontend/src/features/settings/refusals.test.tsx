import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";

import type { User } from "@/shared/api/types";
import { toasts } from "@/shared/ui/toasts";
import { stubServer } from "@/test/answers";
import { renderPage, screen } from "@/test/render";
import { iso } from "@/test/tasks";

import SettingsPage from "./SettingsPage";

const ada: User = {
  id: "ada",
  email: "ada@example.org",
  time_zone: "UTC",
  language: null,
  working_hours: { mon: [["09:00", "17:00"]] },
  is_guest: false,
  created_at: "",
};
const WHY = "That is not allowed today.";
let server: ReturnType<typeof stubServer>["answers"];

const refused = () => Response.json({ code: "no", detail: WHY }, { status: 400 });
const open = (section: string) =>
  renderPage(<SettingsPage user={ada} section={section} onChanged={vi.fn()} onGone={vi.fn()} />);
const press = async (name: string) => userEvent.click(await screen.findByRole("button", { name }));

/** What was refused is said so, and stays until it is put away. */
const told = (sentence: string) =>
  vi.waitFor(() => {
    expect(toasts.get()).toEqual([expect.objectContaining({ message: sentence, refusal: true })]);
  });

beforeEach(() => {
  ({ answers: server } = stubServer());
});

it("a language that is refused", async () => {
  server["PATCH /api/v1/users/me/"] = refused;
  await open("account");
  await userEvent.selectOptions(screen.getByLabelText("Language"), "Deutsch");
  await told(`A change in the settings was not made. ${WHY}`);
});

it("a log-out of another device that is refused", async () => {
  const device = { user_agent: "", address: "192.0.2.7", is_current: false };
  const at = { created_at: iso(), last_seen_at: iso() };
  server["GET /api/v1/users/me/sessions/"] = () =>
    Response.json({ results: [{ ...device, ...at, id: 2 }], next_cursor: null });
  server["DELETE /api/v1/users/me/sessions/2/"] = refused;
  await open("security");
  await press("Log out Unknown device");
  await told(`Nobody was logged out. ${WHY}`);
});

it("a revocation that is refused", async () => {
  const never = { last_used_at: null, last_used_from: null, expires_at: null };
  const token = { id: "t", name: "Backup", hint: "", scopes: [], ...never };
  server["GET /api/v1/tokens/"] = () => Response.json({ results: [token], next_cursor: null });
  server["DELETE /api/v1/tokens/t/"] = refused;
  await open("tokens");
  await press("Revoke Backup");
  await press("Revoke");
  await told(`“Backup” was not revoked. ${WHY}`);
});

it.each([
  ["account", "Save"],
  ["hours", "Save"],
])("what is refused to whoever has left the form: %s", async (section, save) => {
  let refuse: (answer: Response) => void = () => undefined;
  const slow = new Promise<Response>((resolve) => {
    refuse = resolve;
  });
  server["PATCH /api/v1/users/me/"] = () => slow as unknown as Response;
  const { unmount } = await open(section);
  await press(save);
  unmount();
  refuse(refused());
  await told(`A change in the settings was not made. ${WHY}`);
});

it("but not what is refused before their eyes", async () => {
  server["PATCH /api/v1/users/me/"] = refused;
  await open("account");
  await press("Save");
  expect(await screen.findByText(WHY)).toBeVisible();
  expect(toasts.get()).toEqual([]);
});
