import { act, fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";

import { pass } from "@/test/time";

import { Toaster } from "./Toaster";
import { showToast } from "./toasts";

const undo = vi.fn();

beforeEach(() => {
  vi.useFakeTimers();
  undo.mockReset();
  render(<Toaster />);
  act(() => {
    showToast({ message: "Deleted.", action: { label: "Undo", run: undo } });
  });
});

it("leaves by itself", () => {
  pass(5_999);
  expect(screen.getByText("Deleted.")).toBeVisible();
  pass(1);
  expect(screen.queryByText("Deleted.")).toBeNull();
});

it("stays while the pointer rests on it, and then for what was left", () => {
  pass(4_000);
  fireEvent.pointerEnter(screen.getByRole("region", { name: "Notices" }));
  pass(60_000);
  fireEvent.pointerLeave(screen.getByRole("region", { name: "Notices" }));
  pass(1_999);
  expect(screen.getByText("Deleted.")).toBeVisible();
  pass(1);
  expect(screen.queryByText("Deleted.")).toBeNull();
});

it("undoes once and leaves", () => {
  fireEvent.click(screen.getByRole("button", { name: "Undo" }));
  expect(undo).toHaveBeenCalledTimes(1);
  expect(screen.queryByText("Deleted.")).toBeNull();
});

it("gives way when there are more than a few, unless it stays", () => {
  act(() => {
    showToast({ message: "A new version is ready.", stays: true });
    for (const nth of [1, 2, 3, 4]) showToast({ message: `Done ${nth}.` });
  });
  const shown = screen.getAllByText(/\.$/).map(({ textContent }) => textContent);
  expect(shown).toEqual(["A new version is ready.", "Done 3.", "Done 4."]);
});

it("that was dismissed by the keyboard does not hold those that come later", () => {
  const dismiss = screen.getByRole("button", { name: "Dismiss" });
  act(() => {
    dismiss.focus();
  });
  pass(60_000);
  fireEvent.click(dismiss);
  act(() => {
    showToast({ message: "Saved." });
  });
  pass(6_000);
  expect(screen.queryByText("Saved.")).toBeNull();
});
