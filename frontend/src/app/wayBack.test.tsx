import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { iso, makeTask } from "@/test/tasks";
import { page } from "@/test/wholePage";

// Here already: it is fetched when it is wanted, which takes its time the first time.
import "./memberRoutes";
import "./Board";
import "@/features/activity/ActivityPage";
import "@/features/settings/SettingsPage";
import "@/features/tasks/detail/Detail";
import "@/shared/ui/MenuPanel";

const items = ["a", "b"].map((id) => ({
  kind: "task",
  data: makeTask({ id, deadline: id === "a" ? iso(3_600_000) : null }),
}));
const operation = (id: string, verb: string, at: string) => ({
  op_id: `${verb} ${id}`,
  verb,
  at,
  actor: "ada",
  objects: [{ kind: "task", id, title: `Task ${id}` }],
  object_count: 1,
  undoable: false,
  obstacle: null,
  undone: false,
});

beforeEach(async () => {
  await page.open();
  page.server["/api/v1/operations/"] = () =>
    Response.json({
      results: [
        operation("a", "task.update", "2026-11-22T11:00:00Z"),
        operation("b", "task.create", "2026-11-22T10:30:00Z"),
        operation("a", "task.create", "2026-11-22T10:00:00Z"),
      ],
      next_cursor: null,
    });
  page.server["/api/v1/users/me/audit/"] = () => Response.json({ results: [] });
  await page.connect(items);
});

const at = (address: string) =>
  vi.waitFor(() => {
    expect(window.location.pathname + window.location.search).toBe(address);
  });
const opened = () => screen.findByLabelText("Title");
const next = () => screen.getByRole("link", { name: /^Next:/ });
const close = () => userEvent.click(screen.getByRole("button", { name: "Close" }));
const focusOn = (what: () => HTMLElement) =>
  vi.waitFor(() => {
    expect(what()).toHaveFocus();
  });

describe("a task that was opened from the next deadline leads back to", () => {
  it("the place on the board, as it was narrowed", async () => {
    page.go("/today?priority=4");
    await screen.findByRole("heading", { name: "Today" });
    await userEvent.click(next());
    await opened();
    await at("/tasks/a?priority=4&in=today");
    await close();
    await at("/today?priority=4");
    await focusOn(next);
  });

  it.each([
    ["/activity", "Activity"],
    ["/settings/security", "Settings"],
  ])("the page beside it: %s", async (address, heading) => {
    page.go(address);
    await screen.findByRole("heading", { name: heading, level: 1 });
    await userEvent.click(next());
    await opened();
    await userEvent.keyboard("{Escape}");
    await at(address);
    await screen.findByRole("heading", { name: heading, level: 1 });
    await focusOn(next);
  });
});

describe("a task that was opened from the activity leads back to its line", () => {
  const line = () => screen.getByRole("button", { name: "Added “Task a”" });
  const open = async () => {
    page.go("/activity");
    await userEvent.click(await screen.findByRole("button", { name: "Added “Task a”" }));
    await opened();
    await at("/tasks/a?in=activity");
  };

  it.each([
    ["by its button", close],
    ["by Escape", () => userEvent.keyboard("{Escape}")],
    [
      "by the browser's way back",
      () => {
        page.back();
        return Promise.resolve();
      },
    ],
  ])("%s", async (_, leave) => {
    await open();
    await leave();
    await at("/activity");
    await focusOn(line);
  });

  it("through the next deadline, too, but not from a card that was opened since", async () => {
    await open();
    await userEvent.click(next());
    await at("/tasks/a?in=activity");
    await userEvent.click(await screen.findByRole("link", { name: "Task b" }));
    await at("/tasks/b");
    await opened();
    await close();
    await at("/");
    await focusOn(() => screen.getByRole("link", { name: "Task b" }));
  });
});
