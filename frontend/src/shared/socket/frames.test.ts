import { describe, expect, it, vi } from "vitest";

import { sharedFrames } from "@/test/contracts";
import { events, withStream } from "@/test/stream";

import { parseServerFrame } from "./frames";

const t = withStream();

/** One of each that the stream sends in its life. */
async function recorded(): Promise<readonly Record<string, unknown>[]> {
  const socket = await t.current.goLive();
  socket.say(events(8));
  socket.say({ type: "ping", head: 8, t: 0 });
  vi.advanceTimersByTime(10_000);
  return socket.sent as Record<string, unknown>[];
}

describe("the frames that server and clients agreed on", () => {
  const frames = sharedFrames();

  it("are there to be read", () => {
    expect(frames.length).toBeGreaterThan(0);
  });

  it.each(frames.filter(({ direction }) => direction === "server"))(
    "$name is understood",
    ({ frame }) => {
      expect(parseServerFrame(JSON.stringify(frame))).toMatchObject(frame);
    },
  );

  it.each(frames.filter(({ direction }) => direction === "client"))(
    "$name has only fields that this client sends",
    async ({ frame }) => {
      const like = (await recorded()).find(({ type }) => type === frame.type);
      expect(Object.keys(like ?? {})).toEqual(expect.arrayContaining(Object.keys(frame)));
    },
  );

  it("are all that this client sends", async () => {
    const known = frames.filter(({ direction }) => direction === "client");
    for (const sent of await recorded()) {
      const like = known.filter(({ frame }) => frame.type === sent.type);
      const fields = new Set(like.flatMap(({ frame }) => Object.keys(frame)));
      expect([...fields]).toEqual(expect.arrayContaining(Object.keys(sent)));
    }
  });
});

describe("parseServerFrame", () => {
  it("passes over what it does not know", () => {
    expect(parseServerFrame('{"type":"later"}')).toBeNull();
  });

  it("fills in what a bye may leave out", () => {
    expect(parseServerFrame('{"type":"bye","code":4012,"reason":"restart"}')).toEqual({
      type: "bye",
      code: 4012,
      reason: "restart",
      retry_after_s: null,
    });
  });

  it.each([
    ["text that is no JSON", "{"],
    ["a list", "[]"],
    ["null", "null"],
    ["bytes", new ArrayBuffer(1)],
    ["a frame without a type", "{}"],
    ["events without items", '{"type":"events","from":1,"to":1}'],
    ["an event without data", '{"type":"events","items":[{"seq":1,"type":"task.created"}]}'],
    ["a welcome without an epoch", '{"type":"welcome","head":1,"resumed":true}'],
  ])("refuses %s", (_, data) => {
    expect(() => parseServerFrame(data)).toThrow();
  });
});
