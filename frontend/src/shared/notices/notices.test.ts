import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Clock } from "@/shared/clock/clock";
import { systemTimers } from "@/shared/lib/timers";
import { TaskStore } from "@/shared/store/store";
import { asItems, iso, makeEvent, makeTask, NOW } from "@/test/tasks";

import { chooseNotices, followChoice, noticeChoice } from "./choice";
import { startNotices } from "./notices";
import { type Locks, once } from "./once";

/** Locks as browsers have them: whoever asks waits for those before. */
function makeLocks(): Locks {
  let last: Promise<unknown> = Promise.resolve();
  const request = (_name: string, turn: () => unknown) => {
    last = last.then(turn);
    return last;
  };
  return { request } as unknown as Locks;
}

const shown = vi.fn<(title: string, options: NotificationOptions) => void>();
let pressed: (() => void) | null;
let stops: (() => void)[];

class FakeNotification {
  static permission: NotificationPermission = "granted";
  set onclick(press: () => void) {
    pressed = press;
  }
  constructor(title: string, options: NotificationOptions) {
    shown(title, options);
  }
  close() {
    pressed = null;
  }
}

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  vi.stubGlobal("Notification", FakeNotification);
  FakeNotification.permission = "granted";
  vi.stubGlobal("navigator", { locks: makeLocks(), languages: ["en"] });
  shown.mockReset();
  pressed = null;
  stops = [];
});

afterEach(() => {
  for (const stop of stops) stop();
  chooseNotices({ on: false, aheadMin: null });
});

const openTask = vi.fn();

/** A window of the browser: each has a store of its own, and they share locks and storage. */
function openWindow(...tasks: ReturnType<typeof makeTask>[]) {
  const clock = new Clock(systemTimers);
  const store = new TaskStore(clock);
  store.replace({ epoch: "e", seq: 0 }, asItems(tasks));
  stops.push(store.keepTime(), startNotices({ store, clock, openTask }));
  return store;
}

const pass = async (ms: number) => {
  await vi.advanceTimersByTimeAsync(ms);
};
const invoice = makeTask({ id: "a", title: "Send invoice", deadline: iso(10 * 60_000) });

describe("a deadline that passes", () => {
  it("is notified once, however many windows are open", async () => {
    chooseNotices({ on: true, aheadMin: null });
    openWindow(invoice);
    openWindow(invoice);
    await pass(10 * 60_000 - 1);
    expect(shown).not.toHaveBeenCalled();
    await pass(1);
    expect(shown).toHaveBeenCalledExactlyOnceWith(
      "Send invoice",
      expect.objectContaining({ body: "The deadline has passed." }),
    );
    pressed?.();
    expect(openTask).toHaveBeenCalledExactlyOnceWith("a");
  });

  it("is notified by the server's frame, should the window's own clock be behind", async () => {
    chooseNotices({ on: true, aheadMin: null });
    const store = openWindow(makeTask({ id: "a", deadline: iso(500) }));
    store.apply([
      makeEvent(1, "task.missed", makeTask({ id: "a", deadline: iso(500), bucket: "missed" }), {
        at: iso(500),
      }),
    ]);
    await pass(0);
    expect(shown).toHaveBeenCalledTimes(1);
    await pass(1_000);
    expect(shown).toHaveBeenCalledTimes(1);
  });

  it("is notified only where that is wanted and allowed", async () => {
    openWindow(invoice);
    await pass(10 * 60_000);
    chooseNotices({ on: true, aheadMin: 5 });
    FakeNotification.permission = "denied";
    openWindow(makeTask({ id: "b", deadline: iso(20 * 60_000) }));
    await pass(10 * 60_000);
    expect(shown).not.toHaveBeenCalled();
  });

  it("is no news when it passed long ago, while nobody was connected", async () => {
    chooseNotices({ on: true, aheadMin: null });
    const store = openWindow(makeTask({ id: "a" }));
    const old = makeTask({ id: "a", deadline: iso(-3_600_000), bucket: "missed", version: 2 });
    store.apply([makeEvent(1, "task.missed", old)]);
    await pass(0);
    expect(shown).not.toHaveBeenCalled();
  });

  it("is notified again when it was moved and passes again", async () => {
    chooseNotices({ on: true, aheadMin: null });
    const store = openWindow(makeTask({ id: "a", deadline: iso(1_000) }));
    await pass(1_000);
    store.apply([makeEvent(1, "task.updated", makeTask({ id: "a", deadline: iso(5_000) }))]);
    await pass(5_000);
    expect(shown).toHaveBeenCalledTimes(2);
  });
});

describe("a reminder", () => {
  it("comes so long before the deadline as was chosen, once", async () => {
    chooseNotices({ on: true, aheadMin: 5 });
    openWindow(invoice);
    openWindow(invoice);
    await pass(5 * 60_000 - 1);
    expect(shown).not.toHaveBeenCalled();
    await pass(1);
    expect(shown).toHaveBeenCalledExactlyOnceWith(
      "Send invoice",
      expect.objectContaining({ body: "Due in 5 minutes." }),
    );
  });

  it("follows a deadline that is moved, and a choice that is changed", async () => {
    chooseNotices({ on: true, aheadMin: 5 });
    const store = openWindow(makeTask({ id: "a", deadline: iso(3_600_000 * 5) }));
    store.apply([makeEvent(1, "task.updated", invoice)]);
    await pass(0);
    await pass(5 * 60_000);
    expect(shown).toHaveBeenCalledTimes(1);
    chooseNotices({ on: true, aheadMin: 15 });
    store.apply([makeEvent(2, "task.created", makeTask({ id: "b", deadline: iso(40 * 60_000) }))]);
    await pass(20 * 60_000);
    // The first one's deadline passed meanwhile.
    expect(shown.mock.calls.map(([title]) => title)).toEqual([
      "Send invoice",
      "Send invoice",
      "Task b",
    ]);
  });
});

it("what another window chose holds in this one", () => {
  stops.push(followChoice());
  const newValue = JSON.stringify({ on: true, aheadMin: 15 });
  window.dispatchEvent(new StorageEvent("storage", { key: "taskengine.notices", newValue }));
  expect(noticeChoice.get()).toEqual({ on: true, aheadMin: 15 });
});

describe("of two windows at the same instant", () => {
  it("one waits for the other's note", async () => {
    const locks = makeLocks();
    const request = vi.spyOn(locks, "request");
    const tell = vi.fn();
    await Promise.all([once("x", tell, locks), once("x", tell, locks)]);
    expect(request).toHaveBeenCalledTimes(2);
    expect(tell).toHaveBeenCalledTimes(1);
  });

  it("one tells without locks, too", async () => {
    vi.stubGlobal("navigator", {});
    const tell = vi.fn();
    await once("x", tell);
    await once("x", tell);
    expect(tell).toHaveBeenCalledTimes(1);
  });
});
