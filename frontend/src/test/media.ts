import { vi } from "vitest";

/** Stands in for media queries, which jsdom does not have. */
export function screenIs(wide: boolean): void {
  window.matchMedia = vi.fn((query: string) => ({
    matches: wide && query.includes("min-width"),
    media: query,
    onchange: null,
    addEventListener: vi.fn(),
    removeEventListener: vi.fn(),
    addListener: vi.fn(),
    removeListener: vi.fn(),
    dispatchEvent: () => false,
  }));
}
