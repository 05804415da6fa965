import { readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";

import { beforeEach, expect, it, vi } from "vitest";

/** A window as a worker knows it. */
interface Client {
  readonly visibilityState: "visible" | "hidden";
  readonly focus: () => Promise<unknown>;
  readonly postMessage: (message: unknown) => void;
}

const openWindow = vi.fn<(path: string) => Promise<void>>(() => Promise.resolve());
const close = vi.fn();
const done: string[] = [];
let windows: Client[];
let press: (data: unknown) => Promise<unknown>;

beforeEach(() => {
  openWindow.mockClear();
  done.length = 0;
  windows = [];
  const script = readFileSync("public/notices.js", "utf8");
  type Listener = (event: object) => void;
  const listeners = new Map<string, Listener>();
  runInNewContext(script, {
    self: {
      addEventListener: (type: string, listener: Listener) => listeners.set(type, listener),
      clients: { matchAll: () => Promise.resolve(windows), openWindow },
    },
  });
  press = (data) => {
    let work: Promise<unknown> = Promise.resolve();
    const waitUntil = (until: Promise<unknown>) => {
      work = until;
    };
    listeners.get("notificationclick")?.({ notification: { close, data }, waitUntil });
    return work;
  };
});

function makeWindow(name: string, visibilityState: Client["visibilityState"]): Client {
  return {
    visibilityState,
    focus: () => Promise.resolve(done.push(`focus ${name}`)),
    postMessage: (message) => done.push(`${name} ${JSON.stringify(message)}`),
  };
}

it("a pressed notice opens its task in a new window where there is none", async () => {
  await press({ task: "a/b" });
  expect(close).toHaveBeenCalled();
  expect(openWindow).toHaveBeenCalledExactlyOnceWith("/tasks/a%2Fb");
});

it("a pressed notice brings the window that is looked at to the front, and opens its task there", async () => {
  windows = [makeWindow("behind", "hidden"), makeWindow("seen", "visible")];
  await press({ task: "a" });
  expect(done).toEqual(["focus seen", 'seen {"open":"a"}']);
  expect(openWindow).not.toHaveBeenCalled();
});

it("a notice of before, which says nothing of a task, opens the board", async () => {
  await press(null);
  expect(openWindow).toHaveBeenCalledExactlyOnceWith("/");
});
