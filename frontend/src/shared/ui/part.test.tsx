import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";

import { part, preloadParts } from "./part";
import { toasts } from "./toasts";
import { Unloaded, Unopened } from "./Unloaded";

const Greeting = ({ name }: { readonly name: string }) => <p>Hello {name}</p>;
const load = () => vi.fn<() => Promise<{ default: typeof Greeting }>>();
const greeting = () => Promise.resolve({ default: Greeting });
const offline = () => Promise.reject(new TypeError("Failed to fetch"));

it("comes when it is wanted", async () => {
  const { Part } = part(greeting);
  render(<Part of={{ name: "Ada" }} failed={() => null} />);
  expect(await screen.findByText("Hello Ada")).toBeVisible();
});

it("leaves the page as it is when it cannot be fetched, and can be tried again", async () => {
  const { Part } = part(load().mockImplementationOnce(offline).mockImplementation(greeting));
  render(
    <>
      <p>The board</p>
      <Part of={{ name: "Ada" }} failed={(retry) => <Unloaded onRetry={retry} />} />
    </>,
  );
  expect(await screen.findByRole("alert")).toHaveTextContent("This could not be opened.");
  expect(screen.getByText("The board")).toBeVisible();
  await userEvent.click(screen.getByRole("button", { name: "Try again" }));
  expect(await screen.findByText("Hello Ada")).toBeVisible();
});

it("says so and closes where it was to open by a press", async () => {
  const { Part } = part<{ name: string }>(offline);
  const closed = vi.fn();
  render(<Part of={{ name: "Ada" }} failed={() => <Unopened onClose={closed} />} />);
  await vi.waitFor(() => {
    expect(closed).toHaveBeenCalledTimes(1);
  });
  expect(toasts.get()[0]?.message).toMatch(/^This could not be opened\./);
});

it("is fetched ahead with all others, and a failure of that is no news", async () => {
  const fetched = load().mockImplementationOnce(offline).mockImplementation(greeting);
  const { Part } = part(fetched);
  preloadParts();
  await vi.waitFor(() => {
    expect(fetched).toHaveBeenCalledTimes(1);
  });
  preloadParts();
  await vi.waitFor(() => {
    expect(fetched).toHaveBeenCalledTimes(2);
  });
  await Promise.resolve();
  render(<Part of={{ name: "Ada" }} failed={() => null} />);
  expect(screen.getByText("Hello Ada")).toBeVisible();
});
