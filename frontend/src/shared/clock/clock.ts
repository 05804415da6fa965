import { HOUR_MS } from "@/shared/lib/durations";
import type { TimerId, Timers } from "@/shared/lib/timers";

/** A message without a round trip to measure is taken to be at most this old. */
const ONE_WAY_LIMIT_MS = 5_000;
/** A correction smaller than this never makes the clock run backwards: it stands still instead. */
const HOLD_LIMIT_MS = 5_000;
/** The longest sleep: a guard against timers that stopped with the machine. */
const LONGEST_SLEEP_MS = HOUR_MS;

/** The next instant, on the page's clock, that matters to a watcher; null for none. */
type DueAfter = (now: number) => number | null;

interface Watcher {
  readonly dueAfter: DueAfter;
  readonly wake: () => void;
  due: number;
}

/**
 * The page's one clock: the machine's, corrected to the server's, and the page's one timer.
 *
 * Each reading of the server's time bounds the correction from both sides (it was made between our
 * asking and our hearing), and the correction moves only when a reading contradicts it, so that
 * network jitter does not make countdowns tremble.
 */
export class Clock {
  readonly #timers: Timers;
  readonly #watchers = new Set<Watcher>();
  #offsetMs = 0;
  #corrected = false;
  #floor = Number.NEGATIVE_INFINITY;
  #timer: { id: TimerId; at: number } | null = null;

  constructor(timers: Timers) {
    this.#timers = timers;
  }

  /** Ms since 1970 as the server counts them, as well as is known. */
  now(): number {
    const now = this.#timers.now() + this.#offsetMs;
    if (now < this.#floor && this.#floor - now < HOLD_LIMIT_MS) return this.#floor;
    this.#floor = now;
    return now;
  }

  /**
   * Takes a reading of the server's clock that has just arrived. `askedAt` is when it was asked
   * for, on this machine's clock, or null for a message that came by itself.
   */
  observe(serverTime: number, askedAt: number | null): void {
    if (!Number.isFinite(serverTime)) return;
    const heardAt = this.#timers.now();
    const lowest = serverTime - heardAt;
    const highest = askedAt === null ? lowest + ONE_WAY_LIMIT_MS : serverTime - askedAt;
    const best = this.#corrected
      ? Math.min(Math.max(this.#offsetMs, lowest), highest)
      : askedAt === null
        ? lowest
        : (lowest + highest) / 2;
    this.#corrected = true;
    this.#correct(best);
  }

  /** The server has shown that its clock has reached `instant`. */
  atLeast(instant: number): void {
    const behind = instant - this.now();
    if (behind > 0) this.#correct(this.#offsetMs + behind);
  }

  /** Runs `wake` each time an instant that `dueAfter` named has come. Returns how to stop. */
  watch(dueAfter: DueAfter, wake: () => void): () => void {
    const watcher: Watcher = { dueAfter, wake, due: dueAfter(this.now()) ?? Infinity };
    this.#watchers.add(watcher);
    this.#arm(watcher.due);
    return () => {
      this.#watchers.delete(watcher);
      if (this.#watchers.size === 0) this.#disarm();
    };
  }

  /** Looks at the time anew: after a correction, after the machine slept, when a tab is shown. */
  tick = (): void => {
    const now = this.now();
    for (const watcher of [...this.#watchers]) {
      if (watcher.due > now || !this.#watchers.has(watcher)) continue;
      watcher.wake();
    }
    let next = Infinity;
    for (const watcher of this.#watchers) {
      if (watcher.due <= now) watcher.due = watcher.dueAfter(now) ?? Infinity;
      next = Math.min(next, watcher.due);
    }
    this.#disarm();
    this.#arm(next);
  };

  /**
   * For a watcher whose next instant has changed by something else than time. No other is asked: there
   * are hundreds, one for each time that is read on the page.
   */
  reconsider(dueAfter: DueAfter): void {
    const now = this.now();
    for (const watcher of this.#watchers) {
      if (watcher.dueAfter !== dueAfter) continue;
      watcher.due = Math.min(watcher.due, dueAfter(now) ?? Infinity);
    }
    this.tick();
  }

  #correct(offsetMs: number): void {
    if (offsetMs === this.#offsetMs) return;
    const jumpedBack = offsetMs < this.#offsetMs;
    this.#offsetMs = offsetMs;
    if (jumpedBack) {
      // Instants that were near are far again; every watcher has to name its next one anew.
      const now = this.now();
      for (const watcher of this.#watchers) watcher.due = now;
    }
    this.tick();
  }

  #arm(at: number): void {
    if (at === Infinity || (this.#timer && this.#timer.at <= at)) return;
    this.#disarm();
    const wait = Math.min(Math.max(at - this.now(), 0), LONGEST_SLEEP_MS);
    // Rounded up: a timer that fires within the last millisecond would only be set again.
    this.#timer = { id: this.#timers.setTimeout(this.tick, Math.ceil(wait)), at };
  }

  #disarm(): void {
    if (this.#timer) this.#timers.clearTimeout(this.#timer.id);
    this.#timer = null;
  }
}
