import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { systemTimers } from "@/shared/lib/timers";
import { FakeSocket } from "@/test/FakeSocket";
import { iso, makeEvent, makeTask, NOW } from "@/test/tasks";

import type { Cursor, SnapshotItem, StreamEvent } from "./frames";
import { type ConnectionState, type StopReason, Stream } from "./stream";

const task = makeTask({ id: "a" });
const event = (seq: number) => makeEvent(seq, "task.updated", task);
const welcome = (fields: object = {}) => ({
  type: "welcome",
  epoch: "e1",
  head: 7,
  server_time: iso(),
  resumed: false,
  ...fields,
});
const events = (...seqs: number[]) => ({
  type: "events",
  from: seqs[0],
  to: seqs.at(-1),
  items: seqs.map(event),
});
const snapshot = (seq: number, fields: object = {}) => ({
  type: "snapshot",
  seq,
  items: [{ kind: "task", data: task }],
  done: true,
  ...fields,
});

let states: ConnectionState[];
let snapshots: { cursor: Cursor; items: readonly SnapshotItem[] }[];
let got: StreamEvent[];
let stops: StopReason[];
let random: number;
let online: boolean;
let session: () => Promise<boolean>;
let stream: Stream;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  FakeSocket.reset();
  [states, snapshots, got, stops] = [[], [], [], []];
  random = 1;
  online = true;
  session = () => Promise.resolve(true);
  stream = new Stream({
    url: "ws://test/ws/v1/stream",
    openSocket: FakeSocket.open,
    timers: systemTimers,
    random: () => random,
    isOnline: () => online,
    hasSession: () => session(),
    handlers: {
      connection: (state) => states.push(state),
      snapshot: (cursor, items) => snapshots.push({ cursor, items }),
      events: (fresh) => got.push(...fresh),
      head: () => undefined,
      serverTime: () => undefined,
      stopped: (reason) => stops.push(reason),
    },
  });
  stream.start();
});

afterEach(() => {
  stream.stop();
});

/** Brings the stream to life at `seq`. */
function goLive(seq = 7): FakeSocket {
  const socket = FakeSocket.last;
  socket.accept();
  socket.say(welcome({ head: seq }));
  socket.say(snapshot(seq));
  return socket;
}

const seqs = () => got.map(({ seq }) => seq);

describe("joining", () => {
  it("says hello without a place at first", () => {
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", since: null, epoch: null }]);
  });

  it("is live once the whole snapshot is there, not before", () => {
    const socket = FakeSocket.last;
    socket.accept();
    socket.say(welcome());
    socket.say(snapshot(7, { done: false }));
    expect(states).toEqual([]);
    expect(snapshots).toEqual([]);
    socket.say(snapshot(7));
    expect(states).toEqual(["live"]);
    expect(snapshots).toHaveLength(1);
    expect(snapshots[0]?.items).toHaveLength(2);
    expect(stream.cursor).toEqual({ epoch: "e1", seq: 7 });
  });

  it("answers a ping with a pong", () => {
    const socket = goLive();
    socket.say({ type: "ping", head: 7, t: iso() });
    expect(socket.sent).toContainEqual({ type: "pong" });
  });

  it("passes over frames of a type that it does not know", () => {
    const socket = goLive();
    socket.say({ type: "fireworks", colour: "red" });
    socket.say(events(8));
    expect(seqs()).toEqual([8]);
  });
});

describe("events", () => {
  it("come once each, whatever is repeated", () => {
    const socket = goLive();
    socket.say(events(6, 7, 8, 9));
    socket.say(events(9, 10));
    expect(seqs()).toEqual([8, 9, 10]);
  });

  it("are acknowledged after a while, or at once when there are many", () => {
    const socket = goLive();
    socket.say(events(8));
    expect(socket.sent).not.toContainEqual({ type: "ack", seq: 8 });
    vi.advanceTimersByTime(2_000);
    expect(socket.sent).toContainEqual({ type: "ack", seq: 8 });
    socket.say(events(...Array.from({ length: 200 }, (_, index) => index + 9)));
    expect(socket.sent.at(-1)).toEqual({ type: "ack", seq: 208 });
  });

  it("with a gap make it come back to the last sound place", () => {
    random = 0;
    goLive().say(events(8, 10));
    expect(seqs()).toEqual([8]);
    vi.advanceTimersByTime(0);
    FakeSocket.last.accept();
    expect(FakeSocket.all).toHaveLength(2);
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", since: 8, epoch: "e1" }]);
  });

  it("that gap twice at one place make it ask for a snapshot", () => {
    random = 0;
    goLive().say(events(9));
    vi.advanceTimersByTime(0);
    FakeSocket.last.accept();
    FakeSocket.last.say(welcome({ resumed: true }));
    FakeSocket.last.say(events(9));
    vi.advanceTimersByTime(0);
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", since: null, epoch: null }]);
  });

  it("make it start over when a frame is broken", () => {
    random = 0;
    const socket = goLive();
    socket.sayText("{");
    expect(socket.closed).toBe(true);
    vi.advanceTimersByTime(0);
    expect(FakeSocket.all).toHaveLength(2);
  });
});

describe("a lost connection", () => {
  it("is resumed where it ended", () => {
    goLive().say(events(8, 9));
    FakeSocket.last.hangUp();
    expect(states.at(-1)).toBe("reconnecting");
    vi.advanceTimersByTime(500);
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", since: 9, epoch: "e1" }]);
    FakeSocket.last.say(welcome({ head: 10, resumed: true }));
    FakeSocket.last.say(events(10));
    expect(states.at(-1)).toBe("live");
    expect(seqs()).toEqual([8, 9, 10]);
  });

  it("starts over from a snapshot when the history is another one", () => {
    goLive();
    FakeSocket.last.hangUp();
    vi.advanceTimersByTime(500);
    FakeSocket.last.accept();
    FakeSocket.last.say(welcome({ epoch: "e2", head: 3 }));
    FakeSocket.last.say(snapshot(3));
    expect(stream.cursor).toEqual({ epoch: "e2", seq: 3 });
    FakeSocket.last.say(events(4));
    expect(seqs()).toEqual([4]);
  });

  it("is tried again after waits that double, up to half a minute", () => {
    const waits: number[] = [];
    for (let attempt = 0; attempt < 9; attempt += 1) {
      const before = FakeSocket.all.length;
      const since = Date.now();
      FakeSocket.last.hangUp();
      while (FakeSocket.all.length === before) vi.advanceTimersByTime(100);
      waits.push(Date.now() - since);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000]);
  });

  it("is tried again at any moment within the wait", () => {
    random = 0.25;
    FakeSocket.last.hangUp();
    vi.advanceTimersByTime(124);
    expect(FakeSocket.all).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("starts the waits anew only after it has held", () => {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      goLive();
      FakeSocket.last.hangUp();
      vi.advanceTimersByTime(500 * 2 ** attempt);
    }
    expect(FakeSocket.all).toHaveLength(4);
    goLive();
    vi.advanceTimersByTime(5_000);
    FakeSocket.last.hangUp();
    vi.advanceTimersByTime(500);
    expect(FakeSocket.all).toHaveLength(5);
  });

  it.each([4008, 4010, 4012])("waits as long as a bye with %i asks, and then some", (code) => {
    random = 0.5;
    goLive().say({ type: "bye", code, reason: "later", retry_after_s: 3 });
    vi.advanceTimersByTime(3_249);
    expect(FakeSocket.all).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(FakeSocket.all).toHaveLength(2);
    expect(stops).toEqual([]);
  });

  it("is noticed by silence", () => {
    const socket = goLive();
    vi.advanceTimersByTime(59_999);
    expect(socket.closed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(socket.closed).toBe(true);
    expect(states.at(-1)).toBe("reconnecting");
  });

  it("is called offline when it lasts", () => {
    goLive();
    FakeSocket.last.hangUp();
    vi.advanceTimersByTime(14_999);
    expect(states.at(-1)).toBe("reconnecting");
    vi.advanceTimersByTime(1);
    expect(states.at(-1)).toBe("offline");
    vi.advanceTimersByTime(60_000);
    expect(states.at(-1)).toBe("offline");
    goLive();
    expect(states.at(-1)).toBe("live");
  });

  it("is called offline at once when the browser says so", () => {
    goLive();
    online = false;
    stream.sleep();
    expect(states.at(-1)).toBe("offline");
  });

  it("is tried again at once when the network is back", () => {
    goLive();
    FakeSocket.last.hangUp();
    stream.wake();
    expect(FakeSocket.all).toHaveLength(2);
    vi.advanceTimersByTime(500);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("is looked for when a tab wakes up after a long silence", () => {
    const socket = goLive();
    stream.wake();
    expect(socket.closed).toBe(false);
    vi.advanceTimersByTime(36_000);
    stream.wake();
    expect(socket.closed).toBe(true);
  });

  it("is not heard any more once it was given up", () => {
    const socket = goLive();
    const late = socket.onmessage;
    stream.wake();
    socket.hangUp();
    expect(late).not.toBeNull();
    expect(socket.onmessage).toBeNull();
  });
});

describe("the end", () => {
  it.each([
    [4501, "protocol"],
    [4504, "crowded"],
  ])("comes with %i: %s", (code, reason) => {
    goLive().say({ type: "bye", code, reason: "", retry_after_s: null });
    expect(stops).toEqual([reason]);
    expect(states.at(-1)).toBe("stopped");
    vi.advanceTimersByTime(600_000);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it.each([4500, 4503])("comes with %i if the session is really over", async (code) => {
    session = () => Promise.resolve(false);
    goLive();
    FakeSocket.last.hangUp(code);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(stops).toEqual(["session"]);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it.each([4500, 4503])("does not come with %i while there is a session", async (code) => {
    goLive();
    FakeSocket.last.hangUp(code);
    await vi.advanceTimersByTimeAsync(500);
    expect(stops).toEqual([]);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("does not come because nobody could be asked", async () => {
    session = () => Promise.reject(new Error("no network"));
    goLive();
    FakeSocket.last.hangUp(4503);
    await vi.advanceTimersByTimeAsync(500);
    expect(stops).toEqual([]);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("leaves no timer behind when stopped", () => {
    goLive().say(events(8));
    stream.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
