import { describe, expect, it } from "vitest";

import { sharedFrames } from "@/test/contracts";

import { parseServerFrame } from "./frames";

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

  const ours = [
    { type: "hello", since: null, epoch: null },
    { type: "hello", since: 1, epoch: "e" },
    { type: "ack", seq: 1 },
    { type: "pong" },
  ];
  it.each(frames.filter(({ direction }) => direction === "client"))(
    "$name has only fields that this client would send",
    ({ frame }) => {
      const like = ours.find(({ type }) => type === frame.type);
      expect(Object.keys(like ?? {})).toEqual(expect.arrayContaining(Object.keys(frame)));
    },
  );
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
