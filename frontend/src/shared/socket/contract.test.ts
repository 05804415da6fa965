import { describe, expect, it, vi } from "vitest";

import { FakeSocket } from "@/test/FakeSocket";
import { sharedScenarios } from "@/test/contracts";
import { play } from "@/test/scripted";
import { withStream } from "@/test/stream";

const t = withStream();
const REASONS: Readonly<Record<number, string>> = {
  4500: "session",
  4501: "protocol",
  4503: "session",
  4504: "crowded",
};

describe("the contract that every client of the stream keeps", () => {
  const scenarios = sharedScenarios();

  it("is there to be read", () => {
    expect(scenarios.length).toBeGreaterThan(0);
  });

  it.each(scenarios)("$name", async (scenario) => {
    const { connections, changes, ends } = scenario;
    // The smallest of all jitters: what it must wait for all the same is the server's wish.
    t.current.random = 0;
    await play(scenario, t.current);
    expect(t.current.told).toEqual(changes);
    expect(t.current.stops).toEqual(ends === null ? [] : [REASONS[ends] ?? "protocol"]);
    if (ends !== null) await vi.advanceTimersByTimeAsync(600_000);
    expect(FakeSocket.all).toHaveLength(connections.length);
  });
});
