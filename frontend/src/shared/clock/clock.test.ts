import { beforeEach, describe, expect, it, vi } from "vitest";

import { systemTimers } from "@/shared/lib/timers";
import { NOW } from "@/test/tasks";

import { Clock } from "./clock";

let clock: Clock;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  clock = new Clock(systemTimers);
});

describe("the correction", () => {
  it("takes the middle of a first reading's round trip", () => {
    clock.observe(NOW + 10_000, NOW - 200);
    expect(clock.now()).toBe(NOW + 10_100);
  });

  it("stays while readings agree with it", () => {
    clock.observe(NOW + 10_000, NOW - 200);
    clock.observe(NOW + 10_050, NOW - 400);
    expect(clock.now()).toBe(NOW + 10_100);
  });

  it("moves no further than a reading demands", () => {
    clock.observe(NOW + 10_000, NOW - 200);
    clock.observe(NOW + 10_150, NOW - 400);
    expect(clock.now()).toBe(NOW + 10_150);
  });

  it("goes forward to what an event proves", () => {
    clock.atLeast(NOW + 40);
    expect(clock.now()).toBe(NOW + 40);
    clock.atLeast(NOW);
    expect(clock.now()).toBe(NOW + 40);
  });

  it("stands still rather than run backwards by a little", () => {
    clock.observe(NOW + 300, NOW);
    const before = clock.now();
    clock.observe(NOW, NOW);
    expect(clock.now()).toBe(before);
    vi.advanceTimersByTime(1_000);
    expect(clock.now()).toBe(NOW + 1_000);
  });

  it("runs backwards where the machine's clock was far off", () => {
    expect(clock.now()).toBe(NOW);
    clock.observe(NOW - 3_600_000, NOW);
    expect(clock.now()).toBe(NOW - 3_600_000);
  });

  it("is not troubled by a time that can not be read", () => {
    clock.observe(Number.NaN, NOW);
    expect(clock.now()).toBe(NOW);
  });
});

describe("watching", () => {
  it("wakes at the instant that was named, once", () => {
    const wake = vi.fn();
    clock.watch((now) => (now < NOW + 1_000 ? NOW + 1_000 : null), wake);
    vi.advanceTimersByTime(999);
    expect(wake).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(wake).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(60_000);
    expect(wake).toHaveBeenCalledTimes(1);
  });

  it("needs one timer for any number of watchers", () => {
    for (let count = 1; count <= 100; count += 1) {
      clock.watch(
        () => NOW + count * 1_000,
        () => undefined,
      );
    }
    expect(vi.getTimerCount()).toBe(1);
  });

  it("wakes when a correction reaches the instant", () => {
    const wake = vi.fn();
    clock.watch((now) => (now < NOW + 1_000 ? NOW + 1_000 : null), wake);
    clock.atLeast(NOW + 1_000);
    expect(wake).toHaveBeenCalledTimes(1);
  });

  it("lets everyone look again after a step back", () => {
    clock.now();
    const wake = vi.fn();
    clock.watch((now) => (now < NOW + 1_000 ? NOW + 1_000 : null), wake);
    clock.observe(NOW - 3_600_000, NOW);
    expect(wake).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(3_601_000);
    expect(wake).toHaveBeenCalledTimes(2);
  });

  it("hears of an instant that has come nearer", () => {
    const wake = vi.fn();
    let next = NOW + 60_000;
    const dueAfter = (now: number) => (now < next ? next : null);
    clock.watch(dueAfter, wake);
    const other = vi.fn(() => NOW + 60_000);
    clock.watch(other, () => undefined);
    next = NOW + 1_000;
    clock.reconsider(dueAfter);
    vi.advanceTimersByTime(1_000);
    expect(wake).toHaveBeenCalledTimes(1);
    // What is read of time alone is not asked again for it.
    expect(other).toHaveBeenCalledTimes(1);
  });

  it("leaves no timer behind", () => {
    const stop = clock.watch(
      () => NOW + 1_000,
      () => undefined,
    );
    stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
