import { within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { DeviceSession, User } from "@/shared/api/types";
import { text } from "@/shared/text";
import { language, speakAs } from "@/shared/text/language";
import { theme } from "@/shared/ui/theme";
import { none, stubServer } from "@/test/answers";
import { renderPage, screen } from "@/test/render";
import { iso } from "@/test/tasks";

import SettingsPage from "./SettingsPage";

const ada: User = {
  id: "ada",
  email: "ada@example.org",
  time_zone: "UTC",
  language: null,
  working_hours: { mon: [["09:00", "17:00"]], sat: [["20:00", "24:00"]] },
  is_guest: false,
  created_at: "",
};
const onChanged = vi.fn();
const onGone = vi.fn();
let server: ReturnType<typeof stubServer>["answers"];
let fetched: ReturnType<typeof stubServer>["fetched"];
let sent: ReturnType<typeof stubServer>["sent"];

beforeEach(() => {
  ({ answers: server, fetched, sent } = stubServer());
  onChanged.mockReset();
  onGone.mockReset();
});

const open = (section: string, user: User = ada) =>
  renderPage(<SettingsPage user={user} section={section} onChanged={onChanged} onGone={onGone} />);
const button = (name: string) => screen.getByRole("button", { name });

it("opens the section that the address names, and the first for any other", async () => {
  await open("hours");
  expect(screen.getByRole("link", { name: "Working hours" })).toHaveAttribute("aria-current");
  expect(screen.getByRole("region", { name: "Working hours" })).toBeVisible();
  expect(screen.getAllByRole("link").map((link) => link.getAttribute("href"))).toContain(
    "/settings/tokens",
  );
});

describe("the account", () => {
  afterEach(() => speakAs("en"));

  it("chooses a language: kept on the account, and spoken at once", async () => {
    server["PATCH /api/v1/users/me/"] = (_, body) =>
      Response.json({ ...ada, ...(JSON.parse(body) as object) });
    await open("account");
    await userEvent.selectOptions(screen.getByLabelText("Language"), "Deutsch");
    await vi.waitFor(() => {
      expect(language.get()).toBe("de");
    });
    expect(onChanged).toHaveBeenCalledExactlyOnceWith({ ...ada, language: "de" });
    expect(text.header.settings).toBe("Einstellungen");
  });

  it("shows a language that only the search knows", async () => {
    await open("account", { ...ada, language: "fr" });
    expect(screen.getByLabelText("Language")).toHaveDisplayValue("Français");
  });

  it("chooses a theme", async () => {
    await open("account");
    await userEvent.click(screen.getByRole("radio", { name: "Dark" }));
    expect(document.documentElement.dataset.theme).toBe("dark");
    await userEvent.click(screen.getByRole("radio", { name: "As the system" }));
    expect(theme.get()).toBe("system");
  });
});

describe("working hours", () => {
  it("are changed as the server keeps them", async () => {
    server["PATCH /api/v1/users/me/"] = (_, body) =>
      Response.json({ ...ada, ...(JSON.parse(body) as object) });
    await open("hours");
    expect(screen.getByLabelText("Saturday, to")).toHaveValue("00:00");
    await userEvent.click(button("Add hours on Tuesday"));
    await userEvent.click(button("Remove 09:00–17:00 on Monday"));
    await userEvent.click(button("Save"));
    await vi.waitFor(() => {
      expect(onChanged).toHaveBeenCalled();
    });
    expect(JSON.parse(fetched.mock.calls[0]?.[1]?.body as string)).toEqual({
      working_hours: { tue: [["09:00", "17:00"]], sat: [["20:00", "24:00"]] },
    });
  });

  it("end after they begin, and do not overlap", async () => {
    await open("hours");
    const until = screen.getByLabelText("Monday, to");
    await userEvent.clear(until);
    await userEvent.type(until, "08:00");
    await userEvent.click(button("Save"));
    expect(screen.getByRole("alert")).toHaveTextContent(/^Monday: the end/);
    await userEvent.clear(until);
    await userEvent.type(until, "12:00");
    await userEvent.click(button("Add hours on Monday"));
    const [, second] = screen.getAllByLabelText("Monday, from");
    await userEvent.clear(second!);
    await userEvent.type(second!, "11:00");
    await userEvent.click(button("Save"));
    expect(screen.getByRole("alert")).toHaveTextContent("Monday: these hours overlap.");
    expect(fetched).not.toHaveBeenCalled();
  });
});

describe("sessions", () => {
  const session = (fields: Partial<DeviceSession>): DeviceSession => ({
    id: 1,
    user_agent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    address: "192.0.2.7",
    created_at: iso(-86_400_000),
    last_seen_at: new Date(Date.now() - 180_000).toISOString(),
    is_current: false,
    ...fields,
  });
  const phone = session({
    id: 2,
    user_agent: "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
  });

  beforeEach(() => {
    server["GET /api/v1/users/me/sessions/"] = () =>
      Response.json({
        results: [phone, session({ is_current: true })],
        next_cursor: null,
      });
  });

  it("are shown with device, address and last use, this one first; another is logged out", async () => {
    server["DELETE /api/v1/users/me/sessions/2/"] = none;
    await open("security");
    const list = await screen.findByRole("list");
    const [own, other] = within(list).getAllByRole("listitem");
    expect(own).toHaveTextContent("Firefox on Linuxthis one192.0.2.7");
    expect(other).toHaveTextContent(/Safari on iPhone.*last seen 3 min ago/);
    expect(within(own!).queryByRole("button")).toBeNull();
    await userEvent.click(button("Log out Safari on iPhone"));
    await vi.waitFor(() => {
      expect(within(list).getAllByRole("listitem")).toHaveLength(1);
    });
    expect(onGone).not.toHaveBeenCalled();
  });

  it("all others are ended after a question, this one stays", async () => {
    server["DELETE /api/v1/users/me/sessions/"] = none;
    await open("security");
    await userEvent.click(await screen.findByRole("button", { name: "Log out all others" }));
    expect(sent("DELETE")).toEqual([]);
    const dialog = screen.getByRole("dialog");
    await userEvent.click(within(dialog).getByRole("button", { name: "Log out all others" }));
    await vi.waitFor(() => {
      expect(sent("DELETE")).toEqual(["/api/v1/users/me/sessions/?keep=current"]);
    });
    expect(onGone).not.toHaveBeenCalled();
  });

  it("all are ended, this one too", async () => {
    server["DELETE /api/v1/users/me/sessions/"] = none;
    await open("security");
    await userEvent.click(await screen.findByRole("button", { name: "Log out everywhere" }));
    const dialog = screen.getByRole("dialog");
    await userEvent.click(within(dialog).getByRole("button", { name: "Log out everywhere" }));
    await vi.waitFor(() => {
      expect(onGone).toHaveBeenCalledTimes(1);
    });
  });

  it("that could not be listed can be asked for again", async () => {
    const list = server["GET /api/v1/users/me/sessions/"]!;
    delete server["GET /api/v1/users/me/sessions/"];
    await open("security");
    const again = await screen.findByRole("button", { name: "Try again" });
    server["GET /api/v1/users/me/sessions/"] = list;
    await userEvent.click(again);
    expect(await screen.findByText("this one")).toBeVisible();
  });
});
