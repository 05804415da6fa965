import { describe, expect, it, vi } from "vitest";

import { FakeSocket } from "@/test/FakeSocket";
import { events, settle, snapshot, withStream, welcome } from "@/test/stream";
import { iso } from "@/test/tasks";

const t = withStream();

describe("joining", () => {
  it("says hello without a place at first", () => {
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", since: null, epoch: null }]);
  });

  it("is live once the whole snapshot is there, not before", async () => {
    const socket = FakeSocket.last;
    socket.accept();
    socket.say(welcome());
    socket.say(snapshot(7, { done: false }));
    expect(t.current.states).toEqual([]);
    expect(t.current.snapshots).toEqual([]);
    socket.say(snapshot(7));
    await settle();
    expect(t.current.states).toEqual(["live"]);
    expect(t.current.snapshots).toHaveLength(1);
    expect(t.current.snapshots[0]?.items).toHaveLength(2);
    expect(t.current.stream.cursor).toEqual({ epoch: "e1", seq: 7 });
  });

  it("answers a ping with a pong", async () => {
    const socket = await t.current.goLive();
    socket.say({ type: "ping", head: 7, t: iso() });
    expect(socket.sent).toContainEqual({ type: "pong" });
  });

  it("that falls behind the head for long makes it come back to its place", async () => {
    t.current.random = 0;
    const socket = await t.current.goLive();
    socket.say({ type: "ping", head: 9, t: iso() });
    vi.advanceTimersByTime(4_999);
    expect(socket.closed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(socket.closed).toBe(true);
    vi.advanceTimersByTime(1);
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", since: 7, epoch: "e1" }]);
  });

  it("that catches up with the head goes on", async () => {
    const socket = await t.current.goLive();
    socket.say({ type: "ping", head: 9, t: iso() });
    socket.say(events(8, 9));
    vi.advanceTimersByTime(10_000);
    expect(socket.closed).toBe(false);
  });

  it("that brings in what it was behind by, on a slow line, goes on", async () => {
    const socket = await t.current.goLive();
    socket.say({ type: "ping", head: 11, t: iso() });
    vi.advanceTimersByTime(3_000);
    socket.say(events(8));
    vi.advanceTimersByTime(10_000);
    expect(socket.closed).toBe(false);
  });

  it("that is slow to bring a snapshot to who had a place goes on", async () => {
    await t.current.goLive();
    FakeSocket.last.hangUp();
    vi.advanceTimersByTime(500);
    const socket = FakeSocket.last;
    socket.accept();
    socket.say(welcome({ head: 90 }));
    socket.say(snapshot(90, { done: false }));
    socket.say({ type: "ping", head: 90, t: iso() });
    vi.advanceTimersByTime(10_000);
    expect(socket.closed).toBe(false);
    socket.say(snapshot(90));
    expect(t.current.stream.cursor).toEqual({ epoch: "e1", seq: 90 });
  });

  it("with a server that does not answer is tried again", () => {
    const socket = FakeSocket.last;
    vi.advanceTimersByTime(14_999);
    expect(socket.closed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(socket.closed).toBe(true);
  });

  it("passes over frames of a type that it does not know", async () => {
    const socket = await t.current.goLive();
    socket.say({ type: "fireworks", colour: "red" });
    socket.say(events(8));
    expect(t.current.seqs).toEqual([8]);
  });
});

describe("events", () => {
  it("come once each, whatever is repeated", async () => {
    const socket = await t.current.goLive();
    socket.say(events(6, 7, 8, 9));
    socket.say(events(9, 10));
    expect(t.current.seqs).toEqual([8, 9, 10]);
  });

  it("with a gap make it come back to the last sound place", async () => {
    t.current.random = 0;
    (await t.current.goLive()).say(events(8, 10));
    expect(t.current.seqs).toEqual([8]);
    vi.advanceTimersByTime(0);
    FakeSocket.last.accept();
    expect(FakeSocket.all).toHaveLength(2);
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", since: 8, epoch: "e1" }]);
  });

  it("that gap twice at one place make it ask for a snapshot", async () => {
    t.current.random = 0;
    (await t.current.goLive()).say(events(9));
    vi.advanceTimersByTime(0);
    FakeSocket.last.accept();
    FakeSocket.last.say(welcome({ resumed: true }));
    FakeSocket.last.say(events(9));
    vi.advanceTimersByTime(0);
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", since: null, epoch: null }]);
  });

  it("make it start over when a frame is broken", async () => {
    t.current.random = 0;
    const socket = await t.current.goLive();
    socket.sayText("{");
    expect(socket.closed).toBe(true);
    vi.advanceTimersByTime(0);
    expect(FakeSocket.all).toHaveLength(2);
  });
});

describe("a lost connection", () => {
  it("is resumed where it ended", async () => {
    (await t.current.goLive()).say(events(8, 9));
    FakeSocket.last.hangUp();
    expect(t.current.states.at(-1)).toBe("reconnecting");
    vi.advanceTimersByTime(500);
    FakeSocket.last.accept();
    expect(FakeSocket.last.sent).toEqual([{ type: "hello", since: 9, epoch: "e1" }]);
    FakeSocket.last.say(welcome({ head: 10, resumed: true }));
    FakeSocket.last.say(events(10));
    expect(t.current.states.at(-1)).toBe("live");
    expect(t.current.seqs).toEqual([8, 9, 10]);
  });

  it("starts over from a snapshot when the history is another one", async () => {
    await t.current.goLive();
    FakeSocket.last.hangUp();
    vi.advanceTimersByTime(500);
    FakeSocket.last.accept();
    FakeSocket.last.say(welcome({ epoch: "e2", head: 3 }));
    FakeSocket.last.say(snapshot(3));
    await settle();
    expect(t.current.stream.cursor).toEqual({ epoch: "e2", seq: 3 });
    FakeSocket.last.say(events(4));
    expect(t.current.seqs).toEqual([4]);
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

  it("is tried again within seconds while somebody looks at the page", () => {
    t.current.seen = true;
    const before = FakeSocket.all.length;
    for (let attempt = 0; attempt < 9; attempt += 1) {
      FakeSocket.last.hangUp();
      vi.advanceTimersByTime(5_000);
    }
    expect(FakeSocket.all).toHaveLength(before + 9);
  });

  it("is tried again at any moment within the wait", () => {
    t.current.random = 0.25;
    FakeSocket.last.hangUp();
    vi.advanceTimersByTime(124);
    expect(FakeSocket.all).toHaveLength(1);
    vi.advanceTimersByTime(1);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("starts the waits anew only after it has held", async () => {
    const waitIs = (ms: number) => {
      const before = FakeSocket.all.length;
      FakeSocket.last.hangUp();
      vi.advanceTimersByTime(ms - 1);
      expect(FakeSocket.all).toHaveLength(before);
      vi.advanceTimersByTime(1);
      expect(FakeSocket.all).toHaveLength(before + 1);
    };
    for (const wait of [500, 1_000, 2_000]) {
      await t.current.goLive();
      waitIs(wait);
    }
    await t.current.goLive();
    vi.advanceTimersByTime(5_000);
    waitIs(500);
  });

  it.each([4008, 4010, 4012])(
    "waits as long as a bye with %i asks, and then some",
    async (code) => {
      t.current.random = 0.5;
      (await t.current.goLive()).say({ type: "bye", code, reason: "later", retry_after_s: 3 });
      vi.advanceTimersByTime(3_249);
      expect(FakeSocket.all).toHaveLength(1);
      vi.advanceTimersByTime(1);
      expect(FakeSocket.all).toHaveLength(2);
      expect(t.current.stops).toEqual([]);
    },
  );

  it("is noticed by silence", async () => {
    const socket = await t.current.goLive();
    vi.advanceTimersByTime(59_999);
    expect(socket.closed).toBe(false);
    vi.advanceTimersByTime(1);
    expect(socket.closed).toBe(true);
    expect(t.current.states.at(-1)).toBe("reconnecting");
  });

  it("is called offline when it lasts", async () => {
    await t.current.goLive();
    FakeSocket.last.hangUp();
    vi.advanceTimersByTime(14_999);
    expect(t.current.states.at(-1)).toBe("reconnecting");
    vi.advanceTimersByTime(1);
    expect(t.current.states.at(-1)).toBe("offline");
    t.current.random = 0;
    vi.advanceTimersByTime(60_000);
    expect(t.current.states.at(-1)).toBe("offline");
    await t.current.goLive();
    expect(t.current.states.at(-1)).toBe("live");
  });

  it("is called offline at once when the browser says so", async () => {
    await t.current.goLive();
    t.current.online = false;
    t.current.stream.sleep();
    expect(t.current.states.at(-1)).toBe("offline");
  });

  it("is tried again at once when the network is back", async () => {
    await t.current.goLive();
    FakeSocket.last.hangUp();
    t.current.stream.wake();
    expect(FakeSocket.all).toHaveLength(2);
    vi.advanceTimersByTime(500);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("is looked for when a tab wakes up after a long silence", async () => {
    const socket = await t.current.goLive();
    t.current.stream.wake();
    expect(socket.closed).toBe(false);
    vi.advanceTimersByTime(36_000);
    t.current.stream.wake();
    expect(socket.closed).toBe(true);
    expect(FakeSocket.all).toHaveLength(2);
    expect(t.current.states.at(-1)).toBe("reconnecting");
  });

  it("is not heard any more once it was given up", async () => {
    const socket = await t.current.goLive();
    const late = socket.onmessage;
    t.current.stream.wake();
    socket.hangUp();
    expect(late).not.toBeNull();
    expect(socket.onmessage).toBeNull();
  });
});
