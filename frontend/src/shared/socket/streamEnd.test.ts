import { describe, expect, it, vi } from "vitest";

import { FakeSocket } from "@/test/FakeSocket";
import { events, withStream } from "@/test/stream";

const t = withStream();

describe("the end", () => {
  it.each([
    [4501, "protocol"],
    [4504, "crowded"],
  ])("comes with %i: %s", (code, reason) => {
    t.current.goLive().say({ type: "bye", code, reason: "", retry_after_s: null });
    expect(t.current.stops).toEqual([reason]);
    expect(t.current.states.at(-1)).toBe("stopped");
    vi.advanceTimersByTime(600_000);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it.each([4500, 4503])("comes with %i if the session is really over", async (code) => {
    t.current.session = () => Promise.resolve(false);
    t.current.goLive();
    FakeSocket.last.hangUp(code);
    await vi.advanceTimersByTimeAsync(600_000);
    expect(t.current.stops).toEqual(["session"]);
    expect(FakeSocket.all).toHaveLength(1);
  });

  it.each([4500, 4503])("does not come with %i while there is a session", async (code) => {
    t.current.goLive();
    FakeSocket.last.hangUp(code);
    await vi.advanceTimersByTimeAsync(500);
    expect(t.current.stops).toEqual([]);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("does not come because nobody could be asked", async () => {
    t.current.session = () => Promise.reject(new Error("no network"));
    t.current.goLive();
    FakeSocket.last.hangUp(4503);
    await vi.advanceTimersByTimeAsync(500);
    expect(t.current.stops).toEqual([]);
    expect(FakeSocket.all).toHaveLength(2);
  });

  it("leaves no timer behind when stopped", () => {
    t.current.goLive().say(events(8));
    t.current.stream.stop();
    expect(vi.getTimerCount()).toBe(0);
  });
});
