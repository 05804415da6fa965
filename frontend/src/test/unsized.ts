import { vi } from "vitest";

/** jsdom lays nothing out: nothing ever changes its size, and whoever watches for that is told nothing. */
export function nothingResizes(): void {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      observe = vi.fn();
      unobserve = vi.fn();
      disconnect = vi.fn();
    },
  );
}
