import { beforeEach, expect, it, vi } from "vitest";

import { NetworkError } from "@/shared/api/errors";
import type { Tagged } from "@/shared/api/http";
import type { Insights } from "@/shared/api/types";
import { systemTimers } from "@/shared/lib/timers";
import { makeInsights } from "@/test/insights";
import { NOW } from "@/test/tasks";

import { Feed, GAP_MS, RETRY_MS, SETTLE_MS } from "./feed";

const first = makeInsights();
const second = makeInsights({ buckets: { upcoming: 1, missed: 0, completed: 0 } });
const read = vi.fn<(known: string | null) => Promise<Tagged<Insights> | null>>();
let seen = true;
let feed: Feed;

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  seen = true;
  read.mockReset().mockResolvedValue({ body: first, tag: 'W/"1"' });
  feed = new Feed({ read, timers: systemTimers, isSeen: () => seen });
});

it("asks at once, and then only when something has changed", async () => {
  const stop = feed.start();
  await pass(0);
  expect(feed.state.get()).toEqual({ insights: first, failed: null, answers: 1 });
  await pass(10 * 60_000);
  expect(read).toHaveBeenCalledTimes(1);
  feed.changed();
  await pass(SETTLE_MS - 1);
  expect(read).toHaveBeenCalledTimes(1);
  await pass(1);
  expect(read).toHaveBeenCalledTimes(2);
  stop();
});

it("names what it knows, and keeps it where nothing is new", async () => {
  const stop = feed.start();
  await pass(0);
  read.mockResolvedValue(null);
  feed.changed();
  await pass(GAP_MS);
  expect(read.mock.calls).toEqual([[null], ['W/"1"']]);
  expect(feed.state.get()).toEqual({ insights: first, failed: null, answers: 2 });
  read.mockResolvedValue({ body: second, tag: 'W/"2"' });
  feed.changed();
  await pass(GAP_MS);
  expect(feed.state.get().insights).toBe(second);
  stop();
});

it("asks once for a flock of changes, and not more often than it may for one without end", async () => {
  const stop = feed.start();
  await pass(0);
  for (let changes = 0; changes < 300; changes += 1) {
    feed.changed();
    await pass(100);
  }
  // Half a minute.
  expect(read.mock.calls.length).toBeGreaterThanOrEqual(4);
  expect(read.mock.calls.length).toBeLessThanOrEqual(1 + 30_000 / GAP_MS);
  stop();
});

it("asks again for what has changed while an answer was under way", async () => {
  let answer: (found: Tagged<Insights>) => void = () => undefined;
  read.mockReturnValueOnce(
    new Promise((resolve) => {
      answer = resolve;
    }),
  );
  const stop = feed.start();
  feed.changed();
  await pass(60_000);
  expect(read).toHaveBeenCalledTimes(1);
  answer({ body: first, tag: null });
  await pass(GAP_MS);
  expect(read).toHaveBeenCalledTimes(2);
  stop();
});

it("keeps what it has when the server does not answer, says why, and tries again", async () => {
  const stop = feed.start();
  await pass(0);
  read.mockRejectedValueOnce(new NetworkError(null));
  feed.changed();
  await pass(GAP_MS);
  expect(feed.state.get()).toEqual({
    insights: first,
    failed: "There is no connection right now. Try again in a moment.",
    answers: 1,
  });
  await pass(RETRY_MS);
  expect(feed.state.get().failed).toBeNull();
  read.mockRejectedValueOnce(new NetworkError(null));
  feed.changed();
  await pass(GAP_MS);
  feed.retry();
  await pass(0);
  expect(feed.state.get().failed).toBeNull();
  stop();
});

it("leaves the server alone while nobody looks, and once it is stopped", async () => {
  const stop = feed.start();
  await pass(0);
  seen = false;
  feed.changed();
  await pass(60_000);
  expect(read).toHaveBeenCalledTimes(1);
  seen = true;
  feed.changed();
  stop();
  await pass(60_000);
  expect(read).toHaveBeenCalledTimes(1);
});

it("keeps for the next start what was answered after it was stopped, and asks again", async () => {
  let answer: (found: Tagged<Insights>) => void = () => undefined;
  read.mockReturnValueOnce(
    new Promise((resolve) => {
      answer = resolve;
    }),
  );
  feed.start()();
  answer({ body: first, tag: 'W/"1"' });
  await pass(0);
  expect(feed.state.get().insights).toBe(first);
  read.mockResolvedValue(null);
  const stop = feed.start();
  await pass(0);
  expect(read.mock.calls).toEqual([[null], ['W/"1"']]);
  expect(feed.state.get().insights).toBe(first);
  stop();
});
