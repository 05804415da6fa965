import { within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { AccessToken, DeviceSession, ImportReport, User } from "@/shared/api/types";
import { chooseNotices, noticeChoice } from "@/shared/notices/choice";
import { text } from "@/shared/text";
import { language, speakAs } from "@/shared/text/language";
import { theme } from "@/shared/ui/theme";
import { toasts } from "@/shared/ui/toasts";
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
const fetched = vi.fn<typeof fetch>();
const onChanged = vi.fn();
const onGone = vi.fn();
/** What the server answers, by method and path without its query. */
let server: Record<string, (url: URL, body: string) => Response>;

beforeEach(() => {
  document.cookie = "csrftoken=abc";
  server = {};
  onChanged.mockReset();
  onGone.mockReset();
  fetched.mockReset();
  fetched.mockImplementation((path, init) => {
    const url = new URL(path as string, "http://x");
    const answer = server[`${init?.method ?? "GET"} ${url.pathname}`];
    return answer
      ? Promise.resolve(answer(url, init?.body as string))
      : Promise.reject(new TypeError("no network"));
  });
  vi.stubGlobal("fetch", fetched);
});

const open = (section: string, user: User = ada) =>
  renderPage(<SettingsPage user={user} section={section} onChanged={onChanged} onGone={onGone} />);
const button = (name: string) => screen.getByRole("button", { name });
const none = () => new Response(null, { status: 204 });
const sent = (method: string) =>
  fetched.mock.calls.filter(([, init]) => init?.method === method).map(([path]) => path);

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

describe("access tokens", () => {
  const token: AccessToken = {
    id: "t1",
    name: "Old laptop",
    scopes: ["tasks:read"],
    hint: "te_…Zz9",
    created_at: iso(),
    expires_at: null,
    last_used_at: null,
    last_used_from: null,
  };

  it("are made with scopes and an expiry, and shown once", async () => {
    const user = userEvent.setup();
    server["GET /api/v1/tokens/"] = () => Response.json({ results: [], next_cursor: null });
    server["POST /api/v1/tokens/"] = (_, body) =>
      Response.json({ ...token, ...(JSON.parse(body) as object), token: "te_secret" });
    await open("tokens");
    await screen.findByText("There are no tokens yet.");
    await user.type(screen.getByLabelText("What it is for"), "Backup");
    await user.click(screen.getByRole("checkbox", { name: /Follow what happens/ }));
    await user.selectOptions(screen.getByLabelText("Valid for"), "30 days");
    await user.click(button("Make a token"));
    const secret = await screen.findByLabelText("The token");
    expect(secret).toHaveValue("te_secret");
    expect(secret).toHaveFocus();
    const body = JSON.parse(
      fetched.mock.calls.find(([, init]) => init?.method === "POST")?.[1]?.body as string,
    ) as { scopes: string[]; expires_at: string };
    expect(body.scopes).toEqual(["tasks:read", "events"]);
    expect(Date.parse(body.expires_at) - Date.now()).toBeCloseTo(30 * 86_400_000, -5);
    await user.click(button("Copy"));
    expect(await navigator.clipboard.readText()).toBe("te_secret");
    await user.click(button("Done"));
    expect(screen.queryByDisplayValue("te_secret")).toBeNull();
    expect(screen.getByText("Backup")).toBeVisible();
  });

  it("need a scope", async () => {
    server["GET /api/v1/tokens/"] = () => Response.json({ results: [], next_cursor: null });
    await open("tokens");
    await userEvent.type(screen.getByLabelText("What it is for"), "Backup");
    await userEvent.click(screen.getByRole("checkbox", { name: /Read tasks/ }));
    await userEvent.click(button("Make a token"));
    expect(await screen.findByText("Choose at least one.")).toBeVisible();
    expect(sent("POST")).toEqual([]);
  });

  it("are revoked after a question", async () => {
    server["GET /api/v1/tokens/"] = () => Response.json({ results: [token], next_cursor: null });
    server["DELETE /api/v1/tokens/t1/"] = none;
    await open("tokens");
    await userEvent.click(await screen.findByRole("button", { name: "Revoke Old laptop" }));
    expect(sent("DELETE")).toEqual([]);
    const dialog = screen.getByRole("dialog");
    await userEvent.click(within(dialog).getByRole("button", { name: "Revoke" }));
    expect(await screen.findByText("There are no tokens yet.")).toBeVisible();
  });
});

describe("notifications", () => {
  afterEach(() => {
    chooseNotices({ on: false, aheadMin: null });
  });
  const browserSays = (now: NotificationPermission, then = now) => {
    vi.stubGlobal("Notification", {
      permission: now,
      requestPermission: vi.fn(() => Promise.resolve(then)),
    });
  };

  it("are switched on once the browser allows them", async () => {
    browserSays("default", "granted");
    await open("notifications");
    await userEvent.click(screen.getByRole("checkbox"));
    await userEvent.selectOptions(
      await screen.findByLabelText("Remind me before"),
      "15 minutes before",
    );
    expect(noticeChoice.get()).toEqual({ on: true, aheadMin: 15 });
  });

  it("stay off where the browser does not, and the page says why", async () => {
    browserSays("default", "denied");
    await open("notifications");
    await userEvent.click(screen.getByRole("checkbox"));
    expect(await screen.findByText(/Your browser blocks notifications/)).toBeVisible();
    expect(screen.getByRole("checkbox")).not.toBeChecked();
    expect(noticeChoice.get().on).toBe(false);
  });
});

describe("an import", () => {
  const report: ImportReport = {
    dry_run: true,
    made: { projects: 1, labels: 0, tasks: 2 },
    there: { projects: 0, labels: 0, tasks: 0 },
    left_out: 1,
    errors: [{ pointer: "/rows/7/deadline", code: "not_a_time", detail: "This is not a time." }],
    warnings: [],
    warning_count: 0,
  };
  const file = (content: string, name: string, type = "text/csv") =>
    new File([content], name, { type });

  it("is looked through first, line by line, then carried out, and can be undone", async () => {
    const asked: string[] = [];
    server["POST /api/v1/import/"] = (url, body) => {
      asked.push(url.search);
      expect(body).toBe("title\nPack\n");
      return Response.json({ ...report, dry_run: url.searchParams.has("dry_run") });
    };
    server["POST /api/v1/undo/"] = () => Response.json({});
    await open("data");
    await userEvent.upload(screen.getByLabelText("File"), file("title\nPack\n", "tasks.csv"));
    await vi.waitFor(() => {
      expect(screen.getByLabelText("Kind of file")).toHaveDisplayValue("Table (CSV)");
    });
    await userEvent.click(button("Look through it"));
    expect(
      await screen.findByText("It holds 2 tasks and 1 project that you do not have yet."),
    ).toBeVisible();
    expect(screen.getByText("Line 7, deadline").parentElement).toHaveTextContent(
      "Line 7, deadline This is not a time.",
    );
    await userEvent.click(button("Import the rest"));
    await vi.waitFor(() => {
      expect(toasts.get().at(-1)?.message).toBe("Imported 2 tasks and 1 project.");
    });
    expect(asked).toEqual([
      "?dry_run=true&format=csv&skip_invalid=true",
      "?format=csv&skip_invalid=true",
    ]);
    toasts.get().at(-1)?.action?.run();
    await vi.waitFor(() => {
      expect(toasts.get().at(-1)?.message).toBe("Taken back.");
    });
  });

  it("knows a Todoist backup and an export by their beginnings", async () => {
    await open("data");
    const input = screen.getByLabelText("File");
    await userEvent.upload(input, file("TYPE,CONTENT,DESCRIPTION\n", "Home.csv"));
    await vi.waitFor(() => {
      expect(screen.getByLabelText("Kind of file")).toHaveDisplayValue("Todoist backup (CSV)");
    });
    expect(screen.getByLabelText("Into the project")).toBeVisible();
    await userEvent.upload(input, file("{}", "all.json", "application/json"));
    await vi.waitFor(() => {
      expect(screen.getByLabelText("Kind of file")).toHaveDisplayValue("taskengine (JSON)");
    });
  });

  it("says why it can't be read", async () => {
    server["POST /api/v1/import/"] = () =>
      Response.json({ code: "unreadable_file", detail: "This is no CSV." }, { status: 400 });
    await open("data");
    await userEvent.upload(screen.getByLabelText("File"), file("x", "tasks.csv"));
    await userEvent.click(button("Look through it"));
    expect(await screen.findByText("This is no CSV.")).toBeVisible();
  });
});
