import { describe, expect, it, vi } from "vitest";

import { FakeSocket } from "@/test/FakeSocket";
import { events, settle, snapshot, welcome, withStream } from "@/test/stream";

const t = withStream();

describe("the end", () => {
  it.each([
    [4501, "protocol"],
    [4504, "crowded"],
  ])("comes with %i: %s", async (code, reason) => {
    (await t.current.goLive()).say({ type: "bye", code, reason: "", retry_after_s: null });
    expect(t.current.stops).toEqual([reason]);
    expect(t.current.states.at(-1)).toBe("stopped");
    vi.advanceTimersByTime(600_000);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it.each([4500, 4503])("comes with %i if the session is really over", async (code) => {
    await t.current.goLive();
    t.current.ours = () => Promise.resolve(false);
    FakeSocket.last.hangUp(code);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(t.current.stops).toEqual(["session"]);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it.each([4500, 4503])("does not come with %i while there is a session", async (code) => {
    await t.current.goLive();
    FakeSocket.last.hangUp(code);
    await vi.advanceTimersByTimeAsync(500);
    expect(t.current.stops).toEqual([]);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("does not come because nobody could be asked", async () => {
    t.current.ours = () => Promise.reject(new Error("no network"));
    await t.current.goLive();
    FakeSocket.last.hangUp(4503);
    await vi.advanceTimersByTimeAsync(500);
    expect(t.current.stops).toEqual([]);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("comes before another account's tasks are shown", async () => {
    await t.current.goLive();
    FakeSocket.last.hangUp();
    vi.advanceTimersByTime(500);
    t.current.ours = () => Promise.resolve(false);
    FakeSocket.last.accept();
    FakeSocket.last.say(welcome({ epoch: "carol's", head: 3 }));
    FakeSocket.last.say(snapshot(3));
    await settle();
    expect(t.current.stops).toEqual(["session"]);
    expect(t.current.snapshots).toHaveLength(1);
  });

  it("does not come, nor does anything else, while it is not known whose history it is", async () => {
    t.current.ours = () => Promise.reject(new Error("no network"));
    await t.current.goLive();
    expect(t.current.snapshots).toEqual([]);
    expect(t.current.stops).toEqual([]);
    vi.advanceTimersByTime(500);
    t.current.ours = () => Promise.resolve(true);
    await t.current.goLive();
    expect(t.current.snapshots).toHaveLength(1);
  });

  it("comes with an event of another stream", async () => {
    const socket = await t.current.goLive();
    const { items, ...frame } = events(8);
    socket.say({ ...frame, items: items.map((event) => ({ ...event, stream: "carol" })) });
    expect(t.current.stops).toEqual(["session"]);
    expect(t.current.got).toEqual([]);
  });

  it("leaves no timer behind when stopped", async () => {
    (await t.current.goLive()).say(events(8));
    t.current.stream.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
