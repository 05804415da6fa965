import "@testing-library/jest-dom/vitest";

import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach, expect, vi } from "vitest";

import { toasts } from "@/shared/ui/toasts";

beforeEach(() => {
  // A warning is a fault like any other.
  vi.spyOn(console, "error");
  vi.spyOn(console, "warn");
  window.scrollTo = () => undefined;
  // jsdom has no media queries. Tests see a wide screen unless they say otherwise.
  window.matchMedia = vi.fn((query: string) => ({
    matches: query.includes("min-width"),
    media: query,
    onchange: null,
    addEventListener: vi.fn(),
    removeEventListener: vi.fn(),
    addListener: vi.fn(),
    removeListener: vi.fn(),
    dispatchEvent: () => false,
  }));
});

afterEach(() => {
  cleanup();
  /* eslint-disable no-console -- to see what was said there */
  expect(console.error).not.toHaveBeenCalled();
  expect(console.warn).not.toHaveBeenCalled();
  /* eslint-enable no-console */
  vi.useRealTimers();
  vi.unstubAllGlobals();
  localStorage.clear();
  toasts.set([]);
});
