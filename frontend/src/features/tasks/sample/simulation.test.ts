import { beforeEach, expect, it, vi } from "vitest";

import { Clock } from "@/shared/clock/clock";
import { systemTimers } from "@/shared/lib/timers";
import { TaskStore } from "@/shared/store/store";
import { NOW } from "@/test/tasks";

import { simulate } from "./simulation";

let store: TaskStore;
const missed = vi.fn();

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  const clock = new Clock(systemTimers);
  store = new TaskStore(clock);
  store.keepTime();
  missed.mockReset();
  store.onMissed(missed);
  simulate(store, clock, 3);
});

it("lets a task cross every few seconds, for as long as one looks", () => {
  vi.advanceTimersByTime(120_000);
  expect(missed.mock.calls.length).toBeGreaterThan(8);
  for (const bucket of ["upcoming", "missed", "completed"] as const) {
    expect(store.getBoard()[bucket].length).toBeGreaterThan(0);
    expect(store.getBoard()[bucket].length).toBeLessThan(6);
  }
});

it("begins anew after a long sleep, without a heap of misses", () => {
  vi.setSystemTime(NOW + 3_600_000);
  vi.advanceTimersByTime(1_000);
  expect(store.getBoard().upcoming).toHaveLength(3);
  expect(store.getBoard().missed).toHaveLength(1);
});
