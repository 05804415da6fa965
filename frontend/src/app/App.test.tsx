import { act, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { makePlan } from "@/test/breakdowns";
import { speakAs } from "@/shared/text/language";
import { showToast, toasts } from "@/shared/ui/toasts";
import { FakeSocket } from "@/test/FakeSocket";
import { makeLabel, makeProject, makeTask } from "@/test/tasks";
import { somethingDone } from "@/test/undos";
import { ada, page } from "@/test/wholePage";

// Here already: it is fetched when it is wanted, which takes its time the first time.
import "./memberRoutes";
import "@/features/settings/SettingsPage";
import "@/shared/ui/MenuPanel";

const items = [
  { kind: "task", data: makeTask({ id: "a" }) },
  { kind: "project", data: makeProject({ id: "work", name: "Work" }) },
  { kind: "label", data: makeLabel({ id: "calls", name: "calls" }) },
];
const { openMenu } = page;
const connect = () => page.connect(items);

beforeEach(() => page.open());

describe("the page", () => {
  beforeEach(connect);

  it("is called by what it shows", async () => {
    expect(await screen.findByRole("article", { name: "Task a" })).toBeVisible();
    expect(document.title).toBe("Your tasks · taskengine");
    await openMenu("Settings");
    expect(await screen.findByRole("heading", { name: "Settings" })).toBeVisible();
    expect(document.title).toBe("Settings · taskengine");
  });

  it("is called by the task that is open, and by the place behind it again", async () => {
    const { go } = page;
    const called = (title: string) =>
      vi.waitFor(() => {
        expect(document.title).toBe(`${title} · taskengine`);
      });
    await userEvent.click(await screen.findByRole("link", { name: "Task a" }));
    await called("Task a");
    const title = screen.getByLabelText("Title");
    await userEvent.clear(title);
    await userEvent.type(title, "Tea{Enter}");
    await called("Tea");
    await userEvent.click(screen.getByRole("button", { name: "Close" }));
    await called("Your tasks");
    go("/projects/work");
    await called("Work");
    go("/tasks/a?in=project-work");
    await called("Tea");
    await userEvent.click(screen.getByRole("button", { name: "Close" }));
    await called("Work");
    go("/labels/calls");
    await called("@calls");
    go("/today");
    await called("Today");
  });

  it("is called so in another language, too", async () => {
    await screen.findByRole("article", { name: "Task a" });
    await act(() => speakAs("de"));
    expect(document.title).toBe("Deine Aufgaben · taskengine");
    await act(() => speakAs("en"));
    page.go("/projects/nothing");
    await vi.waitFor(() => {
      expect(document.title).toBe("Project · taskengine");
    });
    await act(() => speakAs("de"));
    expect(document.title).toBe("Projekt · taskengine");
    await act(() => speakAs("en"));
  });

  it("keeps the changes that wait when the zone changes, and asks before they are lost", async () => {
    const circle = await screen.findByRole("button", { name: "Complete “Task a”" });
    await userEvent.click(circle);
    await openMenu("Settings");
    page.server["/api/v1/users/me/"] = () => Response.json({ ...ada, time_zone: "Asia/Tokyo" });
    const zone = await screen.findByLabelText("Time zone");
    await userEvent.clear(zone);
    await userEvent.type(zone, "Asia/Tokyo{Enter}");
    expect(await screen.findByText("Saved.")).toBeVisible();
    expect(FakeSocket.all).toHaveLength(1);

    const leaving = new Event("beforeunload", { cancelable: true });
    window.dispatchEvent(leaving);
    expect(leaving.defaultPrevented).toBe(true);
    await openMenu("Sign out");
    expect(await screen.findByText(/1 change has not been sent yet/)).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Stay" }));
  });

  it("has the open plan in its address, which leads back to it", async () => {
    const plan = () => screen.queryByRole("dialog", { name: "Break down" });
    page.server["/api/v1/breakdowns/d1/"] = () => Response.json(makePlan());
    page.go("/?plan=d1");
    expect(await screen.findByRole("button", { name: "Add 3 steps" })).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Close" }));
    await vi.waitFor(() => {
      expect(window.location.search).toBe("");
    });
    expect(plan()).toBeNull();

    await userEvent.click(await screen.findByRole("button", { name: "Open" }));
    await vi.waitFor(() => {
      expect(window.location.search).toBe("?plan=d1");
    });
    page.back();
    await vi.waitFor(() => {
      expect(plan()).toBeNull();
    });
    expect(window.location.pathname + window.location.search).toBe("/");
  });

  it("takes back by Ctrl-Z once for each press, on the board and beside it", async () => {
    await screen.findByRole("article", { name: "Task a" });
    const [first, second, third] = [somethingDone(), somethingDone(), somethingDone()];
    await userEvent.keyboard("{Control>}z{/Control}");
    expect(third).toHaveBeenCalledTimes(1);
    expect(second).not.toHaveBeenCalled();
    await openMenu("Settings");
    await screen.findByRole("heading", { name: "Settings" });
    await userEvent.keyboard("{Control>}z{/Control}");
    expect(second).toHaveBeenCalledTimes(1);
    expect(first).not.toHaveBeenCalled();
  });

  it("offers nobody at the door what was done by whoever left", async () => {
    await userEvent.click(await screen.findByRole("button", { name: "Complete “Task a”" }));
    act(() => {
      showToast({ message: "Missed: Tea" });
      showToast({ message: "A new version is ready.", stays: true });
    });
    expect(screen.getByText("Completed “Task a”.")).toBeVisible();
    page.server["/api/auth/browser/v1/auth/session"] = () => Response.json({}, { status: 401 });
    await openMenu("Sign out");
    await userEvent.click(await screen.findByRole("button", { name: "Sign out anyway" }));
    await vi.waitFor(() => {
      expect(screen.queryByRole("status", { name: "Connection" })).toBeNull();
    });
    const shown = screen.getByRole("region", { name: "Notices" });
    expect([...shown.querySelectorAll("p")].map(({ textContent }) => textContent)).toEqual([
      "A new version is ready.",
    ]);
  });

  it("says so when nobody could be signed out", async () => {
    await openMenu("Sign out");
    expect(await screen.findByText(/You are still signed in/)).toBeVisible();
    expect(toasts.get().at(-1)?.refusal).toBe(true);
    expect(screen.getByRole("heading", { name: "All" })).toBeVisible();
  });
});

it("never shows one person's tasks under another's name", async () => {
  page.server["/api/v1/users/me/"] = () => Response.json({ ...ada, id: "carol" });
  await connect();
  expect(await screen.findByText(/Your session has ended/)).toBeVisible();
  expect(screen.queryByRole("article", { name: "Task a" })).toBeNull();
});
