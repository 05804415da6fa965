import "@testing-library/jest-dom/vitest";

import { cleanup, configure } from "@testing-library/react";
import { afterEach, beforeEach, expect, vi } from "vitest";

import { endAll } from "@/test/ending";
import { screenIs } from "@/test/media";
import { toasts } from "@/shared/ui/toasts";
import { undos } from "@/shared/ui/undos";

// A wait ends when what is waited for is there; a busy machine may fetch a part of the page slowly.
configure({ asyncUtilTimeout: 5_000 });

beforeEach(() => {
  // A warning is a fault like any other.
  vi.spyOn(console, "error");
  vi.spyOn(console, "warn");
  window.scrollTo = () => undefined;
  Element.prototype.scrollIntoView = () => undefined;
  // Tests see a wide screen unless they say otherwise.
  screenIs(true);
  // jsdom cannot lay a dialog over the rest.
  HTMLDialogElement.prototype.showModal = function () {
    this.open = true;
  };
});

afterEach(() => {
  cleanup();
  endAll();
  /* eslint-disable no-console -- to see what was said there */
  expect(console.error).not.toHaveBeenCalled();
  expect(console.warn).not.toHaveBeenCalled();
  /* eslint-enable no-console */
  vi.useRealTimers();
  vi.unstubAllGlobals();
  localStorage.clear();
  toasts.set([]);
  undos.clear();
});
