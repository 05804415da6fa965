import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";

import { renderPage, screen } from "@/test/render";

import { LandingPage } from "./LandingPage";

const startDemo = vi.fn<() => Promise<void>>();

beforeEach(() => {
  startDemo.mockReset();
});

async function open(about: () => Promise<Response>) {
  vi.stubGlobal("fetch", about);
  await renderPage(<LandingPage sample={<p>sample</p>} startDemo={startDemo} />);
  await screen.findByRole("link", { name: "Sign up" });
}

const about = (demo: boolean) => () =>
  Promise.resolve(Response.json({ name: "taskengine", version: "0", demo }));

it("offers the demo where there is one", async () => {
  await open(about(true));
  startDemo.mockResolvedValue();
  await userEvent.click(await screen.findByRole("button", { name: "Try the demo" }));
  expect(startDemo).toHaveBeenCalledTimes(1);
});

it("offers an account where there is no demo, or no answer", async () => {
  await open(() => Promise.reject(new TypeError("failed")));
  expect(screen.queryByRole("button", { name: "Try the demo" })).toBeNull();
  expect(screen.getByRole("link", { name: "Sign in" })).toBeVisible();
});

it("says why the demo did not begin", async () => {
  await open(about(true));
  startDemo.mockRejectedValue(new Error("full"));
  await userEvent.click(await screen.findByRole("button", { name: "Try the demo" }));
  expect(await screen.findByRole("alert")).toHaveTextContent("That did not work");
});
