import { describe, expect, it, vi } from "vitest";

import { events, withStream } from "@/test/stream";

const t = withStream();

describe("events", () => {
  it("are acknowledged after a while by chance, or at once when there are many", async () => {
    const socket = await t.current.goLive();
    t.current.random = 0.5;
    socket.say(events(8));
    vi.advanceTimersByTime(2_999);
    expect(socket.sent).not.toContainEqual({ type: "ack", seq: 8 });
    vi.advanceTimersByTime(1);
    expect(socket.sent).toContainEqual({ type: "ack", seq: 8 });
    socket.say(events(...Array.from({ length: 200 }, (_, index) => index + 9)));
    expect(socket.sent.at(-1)).toEqual({ type: "ack", seq: 208 });
  });

  it("are acknowledged at once when they are long", async () => {
    const socket = await t.current.goLive();
    const [long] = events(8).items;
    const items = [{ ...long, data: { task: long?.data.task, padding: "x".repeat(65_536) } }];
    socket.say({ type: "events", from: 8, to: 8, items });
    expect(socket.sent.at(-1)).toEqual({ type: "ack", seq: 8 });
    socket.say(events(9));
    expect(socket.sent).not.toContainEqual({ type: "ack", seq: 9 });
  });
});
