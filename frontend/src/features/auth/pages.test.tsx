import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { renderPage, screen } from "@/test/render";

import { ForgotPasswordPage } from "./ForgotPasswordPage";
import { ResetPasswordPage } from "./ResetPasswordPage";
import { Session } from "./session";
import { SignUpPage } from "./SignUpPage";

const fetched = vi.fn<typeof fetch>();

beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
  document.cookie = "csrftoken=abc";
});

const answer = (status: number, body: unknown = {}) =>
  fetched.mockImplementation(() => Promise.resolve(Response.json(body, { status })));

describe("a link to a new password", () => {
  const open = () => renderPage(<ResetPasswordPage resetKey="the-key" />);

  it("that was used says so before anything is typed, and where to get another", async () => {
    answer(400, { errors: [{ param: "key", code: "invalid_password_reset" }] });
    await open();
    expect(await screen.findByText("This link has been used or is too old.")).toBeVisible();
    expect(screen.getByRole("link", { name: "Ask for a new one" })).toHaveAttribute(
      "href",
      "/forgot-password",
    );
    const headers = new Headers(fetched.mock.calls[0]?.[1]?.headers);
    expect(headers.get("X-Password-Reset-Key")).toBe("the-key");
  });

  it("that is good sets the password", async () => {
    answer(200);
    await open();
    answer(401);
    await userEvent.type(await screen.findByLabelText("New password"), "a good new one{Enter}");
    expect(await screen.findByText(/Your password is changed/)).toBeVisible();
    expect(fetched.mock.calls.at(-1)?.[1]?.body).toBe(
      '{"key":"the-key","password":"a good new one"}',
    );
  });

  it("is asked for, and there is a way back", async () => {
    answer(200);
    await renderPage(<ForgotPasswordPage />);
    await userEvent.type(await screen.findByLabelText("Email"), "ada@example.org{Enter}");
    expect(await screen.findByText(/an email is on its way/)).toBeVisible();
    expect(screen.getByRole("link", { name: "To sign-in" })).toHaveAttribute("href", "/signin");
  });
});

describe("signing up", () => {
  const onDone = vi.fn();

  async function signUp() {
    onDone.mockReset();
    await renderPage(<SignUpPage session={new Session()} onDone={onDone} />);
    await userEvent.type(await screen.findByLabelText("Email"), "ada@example.org");
    await userEvent.type(screen.getByLabelText("Password"), "a good new one{Enter}");
  }

  it("goes on to the board", async () => {
    answer(200, { id: "ada", email: "ada@example.org", time_zone: "UTC", is_guest: false });
    await signUp();
    await vi.waitFor(() => {
      expect(onDone).toHaveBeenCalledTimes(1);
    });
  });

  it("asks for the mail first where the address has to be confirmed", async () => {
    answer(401, { data: { flows: [{ id: "verify_email" }] } });
    await signUp();
    expect(await screen.findByText(/Look into your mail/)).toBeVisible();
    expect(onDone).not.toHaveBeenCalled();
  });

  it("says at the field what is wrong, and puts the focus there", async () => {
    answer(400, { errors: [{ param: "email", code: "email_taken", message: "Taken." }] });
    await signUp();
    expect(await screen.findByText("This address has an account already.")).toBeVisible();
    expect(screen.getByLabelText("Email")).toHaveFocus();
  });
});
