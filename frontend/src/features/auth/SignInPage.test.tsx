import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";

import { renderPage, screen } from "@/test/render";

import { Session } from "./session";
import { SignInPage } from "./SignInPage";

const fetched = vi.fn<typeof fetch>();
const onDone = vi.fn();
const USER = { id: "u", email: "ada@example.org", time_zone: "UTC", is_guest: false };

beforeEach(() => {
  fetched.mockReset();
  onDone.mockReset();
  vi.stubGlobal("fetch", fetched);
  document.cookie = "csrftoken=abc";
});

async function open(notice: string | null = null) {
  const session = new Session();
  await renderPage(<SignInPage session={session} notice={notice} onDone={onDone} />);
  return session;
}

async function enter() {
  await userEvent.type(await screen.findByLabelText("Email"), "ada@example.org");
  await userEvent.type(screen.getByLabelText("Password"), "secret");
  await userEvent.click(screen.getByRole("button", { name: "Sign in" }));
}

const refuse = (status: number, body: unknown) =>
  fetched.mockImplementation(() => Promise.resolve(Response.json(body, { status })));

it("signs in and goes on", async () => {
  fetched.mockImplementation((path) =>
    Promise.resolve(Response.json(path === "/api/v1/users/me/" ? USER : {})),
  );
  const session = await open();
  await enter();
  await vi.waitFor(() => {
    expect(onDone).toHaveBeenCalledTimes(1);
  });
  expect(session.user.get()).toEqual(USER);
});

it("says at the field what is wrong with it", async () => {
  const message = "Email and password do not match.";
  refuse(400, { errors: [{ param: "password", code: "email_password_mismatch" }] });
  await open();
  await enter();
  expect(await screen.findByText(message)).toBeVisible();
  expect(screen.getByLabelText("Password")).toBeInvalid();
  expect(screen.getByLabelText("Password")).toHaveAccessibleDescription(message);
  expect(screen.getByRole("alert")).toBeEmptyDOMElement();
  expect(onDone).not.toHaveBeenCalled();
});

it("says what is wrong with the whole", async () => {
  refuse(429, { status: 429 });
  await open();
  await enter();
  await vi.waitFor(() => {
    expect(screen.getByRole("alert")).toHaveTextContent("a bit much at once");
  });
  expect(screen.getByRole("button", { name: "Sign in" })).toBeEnabled();
});

it("says so when there is no connection", async () => {
  fetched.mockRejectedValue(new TypeError("failed"));
  await open();
  await enter();
  await vi.waitFor(() => {
    expect(screen.getByRole("alert")).toHaveTextContent("There is no connection");
  });
});

it("says why the person is here when a session ended", async () => {
  await open("Your session has ended.");
  expect(await screen.findByText("Your session has ended.")).toBeVisible();
});
