/** What of the platform's time the pure modules use, so that tests can stand in for it. */
export interface Timers {
  /** The machine's wall clock, ms since 1970. It may be wrong; see shared/clock. */
  now(): number;
  setTimeout(callback: () => void, ms: number): TimerId;
  clearTimeout(id: TimerId): void;
}

export type TimerId = number | ReturnType<typeof globalThis.setTimeout>;

export const systemTimers: Timers = {
  now: () => Date.now(),
  setTimeout: (callback, ms) => globalThis.setTimeout(callback, ms),
  clearTimeout: (id) => {
    globalThis.clearTimeout(id);
  },
};
