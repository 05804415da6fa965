import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import type { User } from "@/shared/api/types";
import { toasts } from "@/shared/ui/toasts";
import { renderPage, screen } from "@/test/render";

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
const guest: User = { ...ada, email: "guest", is_guest: true };
const fetched = vi.fn<typeof fetch>();
const onChanged = vi.fn();
const onGone = vi.fn();

beforeEach(() => {
  fetched.mockReset();
  onChanged.mockReset();
  onGone.mockReset();
  vi.stubGlobal("fetch", fetched);
  document.cookie = "csrftoken=abc";
});

async function open(user: User, section?: string) {
  await renderPage(
    <SettingsPage user={user} section={section} onChanged={onChanged} onGone={onGone} />,
  );
  await screen.findByRole("heading", { name: "Settings" });
}

it("has a way back to the board", async () => {
  await open(ada);
  expect(screen.getByRole("link", { name: "To the board" })).toHaveAttribute("href", "/tasks");
});

describe("the zone", () => {
  it("is saved", async () => {
    const changed = { ...ada, time_zone: "Asia/Tokyo" };
    fetched.mockImplementation(() => Promise.resolve(Response.json(changed)));
    await open(ada);
    await userEvent.clear(screen.getByLabelText("Time zone"));
    await userEvent.type(screen.getByLabelText("Time zone"), "Asia/Tokyo{Enter}");
    await vi.waitFor(() => {
      expect(onChanged).toHaveBeenCalledExactlyOnceWith(changed);
    });
    expect(toasts.get()[0]?.message).toBe("Saved.");
  });

  it("must be known", async () => {
    await open(ada);
    await userEvent.clear(screen.getByLabelText("Time zone"));
    await userEvent.type(screen.getByLabelText("Time zone"), "Mars{Enter}");
    expect(await screen.findByText(/That zone is not known/)).toBeVisible();
    expect(fetched).not.toHaveBeenCalled();
  });
});

it("says which password was wrong, and puts the focus there", async () => {
  const wrong = { errors: [{ param: "current_password", code: "enter_current_password" }] };
  fetched.mockImplementation((path) =>
    Promise.resolve(
      (path as string).includes("/password/")
        ? Response.json(wrong, { status: 400 })
        : Response.json({ results: [], next_cursor: null }),
    ),
  );
  await open(ada, "security");
  await userEvent.type(screen.getByLabelText("Current password"), "wrong");
  await userEvent.type(screen.getByLabelText("New password"), "a good new one{Enter}");
  expect(await screen.findByText("That is not your password.")).toBeVisible();
  expect(screen.getByLabelText("Current password")).toHaveFocus();
});

describe("the account", () => {
  const remove = () => userEvent.click(screen.getByRole("button", { name: "Delete the account" }));

  it("of a guest is deleted by two presses, not by one", async () => {
    fetched.mockImplementation(() => Promise.resolve(new Response(null, { status: 204 })));
    await open(guest);
    await remove();
    expect(fetched).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole("button", { name: "Delete everything" }));
    await vi.waitFor(() => {
      expect(onGone).toHaveBeenCalledTimes(1);
    });
  });

  it("of a guest stays when they think better of it", async () => {
    await open(guest);
    await remove();
    await userEvent.click(screen.getByRole("button", { name: "Stay" }));
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.getByRole("button", { name: "Delete the account" })).toHaveFocus();
    expect(fetched).not.toHaveBeenCalled();
  });

  it("of others is deleted with their password", async () => {
    fetched.mockImplementation(() => Promise.resolve(new Response(null, { status: 204 })));
    await open(ada);
    await userEvent.type(screen.getByLabelText("Your password, to confirm"), "secret");
    await remove();
    await vi.waitFor(() => {
      expect(onGone).toHaveBeenCalledTimes(1);
    });
    expect(fetched.mock.calls[0]?.[1]?.body).toBe('{"password":"secret"}');
  });
});
