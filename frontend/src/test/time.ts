import { act } from "@testing-library/react";
import { vi } from "vitest";

/** Lets fake time pass, and what follows from it be drawn. */
export function pass(ms: number): void {
  act(() => {
    vi.advanceTimersByTime(ms);
  });
}
