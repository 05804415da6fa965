import { act, fireEvent, render, screen } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { pass } from "@/test/time";

import { Toaster } from "./Toaster";
import { clearToasts, showRefusal, showToast } from "./toasts";

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

describe("a refusal", () => {
  const refuse = (...names: readonly string[]) => {
    act(() => {
      for (const name of names) showRefusal(`${name} was not added.`);
    });
  };
  const shown = () => screen.queryAllByText(/was not added/).map(({ textContent }) => textContent);

  it("stays until it is put away, whatever else is told", () => {
    refuse("Tea");
    act(() => {
      for (const nth of [1, 2, 3, 4]) showToast({ message: `Done ${nth}.` });
    });
    pass(600_000);
    expect(shown()).toEqual(["Tea was not added."]);
    fireEvent.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(shown()).toEqual([]);
  });

  it("joins those that are there when there are more than two, and loses none", () => {
    pass(6_000);
    refuse("Tea", "Milk");
    expect(screen.getAllByRole("button", { name: "Dismiss" })).toHaveLength(2);
    refuse("Bread", "Salt");
    const all = ["Tea", "Milk", "Bread", "Salt"].map((name) => `${name} was not added.`);
    expect(shown()).toEqual(all);
    expect(screen.getByRole("group", { name: "What was not done" })).toHaveAttribute(
      "tabindex",
      "0",
    );
    fireEvent.click(screen.getByRole("button", { name: "Dismiss" }));
    expect(shown()).toEqual([]);
  });

  it("goes with whose it was", () => {
    refuse("Tea");
    act(clearToasts);
    expect(shown()).toEqual([]);
  });
});
