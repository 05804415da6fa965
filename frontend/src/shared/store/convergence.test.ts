import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Breakdown, Task } from "@/shared/api/types";
import { Clock } from "@/shared/clock/clock";
import { systemTimers } from "@/shared/lib/timers";
import { type Convergence, ownConvergences, sharedConvergences } from "@/test/contracts";

import { BUCKETS } from "./bucket";
import { TaskStore } from "./store";

beforeEach(() => {
  vi.useFakeTimers();
});

/** What the page shows at an instant: each task with its bucket, and the plans that wait. */
function shown({ now, snapshot, events }: Pick<Convergence, "now" | "snapshot" | "events">) {
  vi.setSystemTime(new Date(now));
  const store = new TaskStore(new Clock(systemTimers));
  store.replace({ epoch: "e", seq: (events[0]?.seq ?? 1) - 1 }, snapshot);
  store.apply(events);
  const board = store.getBoard();
  const tasks = BUCKETS.flatMap((bucket) => board[bucket].map((task) => ({ ...task, bucket })));
  return { tasks: tasks.sort(byId), drafts: [...store.getDrafts()].sort(byId) };
}

const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);
const said = ({ fresh }: Convergence) => {
  const of = (wanted: string) => fresh.flatMap(({ kind, data }) => (kind === wanted ? data : []));
  return {
    tasks: (of("task") as Task[]).sort(byId),
    drafts: (of("breakdown") as Breakdown[]).sort(byId),
  };
};

describe("snapshot and events lead to what a fresh snapshot says", () => {
  it("by the files that the server is held to as well", () => {
    expect(sharedConvergences().length).toBeGreaterThan(0);
  });

  it.each([...sharedConvergences(), ...ownConvergences()])("$name", (one) => {
    expect(shown(one)).toEqual(said(one));
  });

  it.each([...sharedConvergences(), ...ownConvergences()])("$name, every event twice", (one) => {
    const events = one.events.flatMap((event) => [event, event]);
    expect(shown({ ...one, events })).toEqual(said(one));
  });
});
