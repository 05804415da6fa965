import { act } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";

import type { AuditEntry } from "@/shared/api/listAudit";
import type { LoggedOperation } from "@/shared/api/types";
import { toasts } from "@/shared/ui/toasts";
import { freezeTime, makeTestWorkspace, renderPage, screen } from "@/test/render";
import { iso, makeEvent, makeTask } from "@/test/tasks";

import ActivityPage from "./ActivityPage";

const fetched = vi.fn<typeof fetch>();
/** What the server's log holds, newest first. */
let log: LoggedOperation[];
let pageLimit: number;
/** What the server has noted of the account. */
let audit: Partial<AuditEntry>[];
const openTask = vi.fn();

beforeEach(() => {
  log = [];
  audit = [];
  pageLimit = 50;
  openTask.mockReset();
  document.cookie = "csrftoken=abc";
  fetched.mockReset();
  fetched.mockImplementation((path, init) => {
    const url = new URL(path as string, "http://x");
    if (url.pathname === "/api/v1/undo/") {
      const { op_id } = JSON.parse(init?.body as string) as { op_id: string };
      log = log.map((one) =>
        one.op_id === op_id ? { ...one, undoable: false, undone: true } : one,
      );
      return Promise.resolve(Response.json({}));
    }
    if (url.pathname === "/api/v1/users/me/audit/")
      return Promise.resolve(Response.json({ results: audit, next_cursor: null }));
    const from = Number(url.searchParams.get("cursor") ?? 0);
    const results = log.slice(from, from + pageLimit);
    const next = from + pageLimit < log.length ? String(from + pageLimit) : null;
    return Promise.resolve(Response.json({ results, next_cursor: next }));
  });
  vi.stubGlobal("fetch", fetched);
});

function operation(
  verb: string,
  title: string | null,
  ago: number,
  fields: Partial<LoggedOperation> = {},
): LoggedOperation {
  return {
    op_id: `${verb} ${title ?? ""} ${ago}`,
    verb,
    at: iso(-ago),
    actor: "me",
    objects: [{ kind: verb.split(".", 1)[0] ?? "", id: title ?? "", title }],
    object_count: 1,
    undoable: true,
    obstacle: null,
    undone: false,
    ...fields,
  };
}

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

async function open(workspace = makeTestWorkspace()) {
  const { store } = workspace;
  const view = await renderPage(
    <ActivityPage store={store} viewer="me" zone="UTC" openTask={openTask} />,
    workspace,
  );
  await screen.findAllByRole("heading", { level: 2 });
  return view;
}

const lines = (day: string) =>
  [...screen.getByRole("region", { name: day }).querySelectorAll("li p:first-child")].map(
    ({ textContent }) => textContent,
  );

it("says what was done, by day, newest first", async () => {
  freezeTime();
  log = [
    operation("task.complete", "Send invoice", MINUTE),
    operation("token.create", "Backup", 2 * MINUTE, { undoable: false }),
    operation("task.create", "Send invoice", DAY),
    operation("import", null, 2 * DAY, { object_count: 12, objects: [] }),
    operation("tasks.complete", "Pack", 3 * DAY, {
      object_count: 3,
      objects: [{ kind: "task", id: "x", title: "Pack" }],
    }),
    operation("something.new", "Pack", 3 * DAY + 1),
  ];
  await open();
  expect(lines("Today")).toEqual(["Completed “Send invoice”", "Made the access token “Backup”"]);
  expect(lines("Yesterday")).toEqual(["Added “Send invoice”"]);
  expect(lines("Friday, November 20")).toEqual(["Imported something"]);
  expect(lines("Thursday, November 19")).toEqual(["Completed 3 tasks", "Changed “Pack”"]);
  expect(screen.getByText("1 min ago")).toBeVisible();
});

it("says what the clock did among it, as it happens", async () => {
  freezeTime();
  log = [operation("task.create", "Send invoice", MINUTE)];
  const workspace = makeTestWorkspace([
    makeTask({ id: "a", title: "Send invoice", deadline: iso(5_000) }),
    makeTask({
      id: "b",
      title: "Call the bank",
      deadline: iso(-2 * MINUTE),
      completed_at: iso(-MINUTE),
      outcome: "late",
    }),
  ]);
  await open(workspace);
  expect(lines("Today")).toEqual(["Added “Send invoice”", "Deadline passed: “Call the bank”"]);
  await act(async () => {
    await vi.advanceTimersByTimeAsync(5_000);
  });
  expect(lines("Today")[0]).toBe("Deadline passed: “Send invoice”");
  expect(screen.getAllByText("The clock")).toHaveLength(2);
});

it("says who did it where that was somebody else", async () => {
  log = [
    operation("user.update", null, MINUTE, { actor: "somebody of the staff" }),
    operation("token.create", "Backup", 2 * MINUTE),
  ];
  await open();
  const by = [...screen.getByRole("region").querySelectorAll(".facts")].map(
    ({ textContent }) => textContent,
  );
  expect(by[0]).toMatch(/^Staff/);
  expect(by[1]).toMatch(/^You/);
});

const noted = (fields: Partial<AuditEntry>): Partial<AuditEntry> => ({
  id: fields.action ?? "",
  times: 1,
  address: null,
  details: {},
  last_at: iso(-MINUTE),
  ...fields,
});

it("says what others did with the account, and nothing twice of what oneself did", async () => {
  freezeTime();
  log = [operation("task.create", "First", DAY)];
  audit = [
    noted({ action: "sessions_ended", by: "staff" }),
    noted({
      action: "log_in_failed",
      by: "stranger",
      times: 3,
      address: "192.0.2.7",
      last_at: iso(-2 * MINUTE),
    }),
    noted({ action: "token_made", by: "self" }),
  ];
  await open();
  await screen.findByText("Logged you out everywhere");
  expect(lines("Today")).toEqual(["Logged you out everywhere", "3 log-ins from 192.0.2.7 failed"]);
  expect(screen.getByText("Somebody who was not let in")).toBeVisible();
});

it("says once what staff set, and beside it whom they made staff", async () => {
  freezeTime();
  const changed = (at: number, details: AuditEntry["details"]) =>
    noted({
      id: String(at),
      action: "account_changed",
      by: "staff",
      details,
      last_at: iso(-at * MINUTE),
    });
  log = [operation("user.update", null, 3 * MINUTE, { actor: "somebody of the staff" })];
  audit = [
    changed(1, { is_staff: { before: true, after: false } }),
    changed(2, { is_staff: { before: false, after: true } }),
    changed(3, { language: { before: "en", after: "de" } }),
  ];
  await open();
  await screen.findByText("Made you staff");
  expect(lines("Today")).toEqual([
    "Took your staff rights",
    "Made you staff",
    "Changed your settings",
  ]);
  expect(screen.getAllByText("Staff")).toHaveLength(3);
});

it("says of what no person did that it was the server, by mail only what was", async () => {
  freezeTime();
  log = [operation("task.create", "First", DAY)];
  audit = [
    noted({ action: "password_changed", by: "server" }),
    noted({ action: "password_reset", by: "server", last_at: iso(-2 * MINUTE) }),
  ];
  await open();
  await screen.findByText("Changed your password");
  expect(lines("Today")).toEqual([
    "Changed your password",
    "Set a new password by a link in a mail",
  ]);
  expect(screen.getAllByText("The server")).toHaveLength(2);
});

it("asks for nothing at a ping that tells of nothing", async () => {
  freezeTime();
  log = [operation("task.create", "First", MINUTE)];
  const { workspace } = await open();
  const asked = fetched.mock.calls.length;
  await act(async () => {
    workspace.store.headTold(1);
    await vi.advanceTimersByTimeAsync(MINUTE);
  });
  expect(fetched).toHaveBeenCalledTimes(asked);
});

it("puts on top what is done meanwhile, here or elsewhere", async () => {
  freezeTime();
  log = [operation("task.create", "First", MINUTE)];
  const { workspace } = await open();
  log = [operation("task.create", "Second", 0), ...log];
  act(() => {
    workspace.store.apply([makeEvent(1, "task.created", makeTask({ id: "b", title: "Second" }))]);
  });
  await screen.findByText("Added “Second”");
  expect(lines("Today")).toEqual(["Added “Second”", "Added “First”"]);
});

it("takes back, and says so", async () => {
  freezeTime();
  log = [operation("task.complete", "Send invoice", MINUTE)];
  await open();
  const user = userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTime(ms) });
  await user.click(screen.getByRole("button", { name: "Undo: Completed “Send invoice”" }));
  expect(await screen.findByText("taken back")).toBeVisible();
  expect(screen.queryByRole("button", { name: /^Undo/ })).toBeNull();
  expect(toasts.get().at(-1)?.message).toBe("Taken back.");
});

it("goes on to what was earlier, without a gap or a double", async () => {
  pageLimit = 2;
  log = [1, 2, 3, 4, 5].map((place) => operation("task.create", `T${place}`, place * MINUTE));
  const { workspace } = await open();
  await userEvent.click(screen.getByRole("button", { name: "Show earlier" }));
  await screen.findByText("Added “T4”");
  // What comes on top meanwhile doesn't lose what was loaded.
  log = [operation("task.create", "T0", 0), ...log];
  act(() => {
    workspace.store.apply([makeEvent(1, "task.created", makeTask({ id: "t" }))]);
  });
  await screen.findByText("Added “T0”");
  expect(screen.getByText("Added “T4”")).toBeVisible();
  expect(screen.getAllByText("Added “T2”")).toHaveLength(1);
});

it("begins anew where more was done in between than a page holds", async () => {
  pageLimit = 2;
  log = [operation("task.create", "Old", DAY)];
  const { workspace } = await open();
  log = [3, 2, 1].map((n) => operation("task.create", `New ${n}`, (4 - n) * MINUTE)).concat(log);
  act(() => {
    workspace.store.apply([makeEvent(1, "task.created", makeTask({ id: "t" }))]);
  });
  await screen.findByText("Added “New 3”");
  // Shown without what lies between, it would look as if nothing did.
  expect(screen.queryByText("Added “Old”")).toBeNull();
  expect(screen.getByRole("button", { name: "Show earlier" })).toBeVisible();
});

it("opens the task that a line is about, where it is still there", async () => {
  log = [operation("task.update", "a", MINUTE), operation("task.delete", "gone", MINUTE)];
  await open(makeTestWorkspace([makeTask({ id: "a" })]));
  await userEvent.click(screen.getByRole("button", { name: "Changed “a”" }));
  expect(openTask).toHaveBeenCalledExactlyOnceWith("a");
  expect(screen.queryByRole("button", { name: "Deleted “gone”" })).toBeNull();
});

it("says what went wrong, and tries again", async () => {
  const answer = fetched.getMockImplementation();
  fetched.mockImplementation(() => Promise.reject(new TypeError("no network")));
  await renderPage(
    <ActivityPage store={makeTestWorkspace().store} viewer="me" zone="UTC" openTask={openTask} />,
  );
  const again = await screen.findByRole("button", { name: "Try again" });
  if (answer) fetched.mockImplementation(answer);
  await userEvent.click(again);
  expect(await screen.findByText("Nothing yet. What you do appears here.")).toBeVisible();
});
