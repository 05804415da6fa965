import { within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { AccessToken, ImportReport, User } from "@/shared/api/types";
import { chooseNotices, noticeChoice } from "@/shared/notices/choice";
import { toasts } from "@/shared/ui/toasts";
import { none, stubServer } from "@/test/answers";
import { renderPage, screen } from "@/test/render";
import { iso } from "@/test/tasks";

import SettingsPage from "./SettingsPage";

const ada: User = {
  id: "ada",
  email: "ada@example.org",
  time_zone: "UTC",
  language: null,
  working_hours: {},
  is_guest: false,
  created_at: "",
};
let server: ReturnType<typeof stubServer>["answers"];
let sent: ReturnType<typeof stubServer>["sent"];

beforeEach(() => {
  ({ answers: server, sent } = stubServer());
});

const open = (section: string) =>
  renderPage(<SettingsPage user={ada} section={section} onChanged={vi.fn()} onGone={vi.fn()} />);
const button = (name: string) => screen.getByRole("button", { name });

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
    let body = { scopes: [""], expires_at: "" };
    server["POST /api/v1/tokens/"] = (_, asked) => {
      body = JSON.parse(asked) as typeof body;
      return Response.json({ ...token, ...body, token: "te_secret" });
    };
    await open("tokens");
    await screen.findByText("There are no tokens yet.");
    await user.type(screen.getByLabelText("What it is for"), "Backup");
    await user.click(screen.getByRole("checkbox", { name: /Follow what happens/ }));
    await user.selectOptions(screen.getByLabelText("Valid for"), "30 days");
    await user.click(button("Make a token"));
    const secret = await screen.findByLabelText("The token");
    expect(secret).toHaveValue("te_secret");
    expect(secret).toHaveFocus();
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
    expect(sent("POST")).not.toContain("/api/v1/tokens/");
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
