import { beforeEach, describe, expect, it, vi } from "vitest";

import type { Breakdown, Label, Project, Task } from "@/shared/api/types";
import { Clock } from "@/shared/clock/clock";
import { systemTimers } from "@/shared/lib/timers";
import { type Convergence, ownConvergences, sharedConvergences } from "@/test/contracts";

import { BUCKETS } from "./bucket";
import { TaskStore } from "./store";

beforeEach(() => {
  vi.useFakeTimers();
});

/** Everything that protocol v1 tells. */
const TYPES = [
  ...["project", "label"].flatMap((kind) =>
    ["created", "updated", "deleted", "restored"].map((verb) => `${kind}.${verb}`),
  ),
  ...["created", "updated", "completed", "reopened", "deleted", "restored", "missed"].map(
    (verb) => `task.${verb}`,
  ),
  ...["started", "step", "ready", "failed", "updated", "applied", "cancelled"].map(
    (verb) => `breakdown.${verb}`,
  ),
].sort();

/** What the page shows at an instant: each task with its bucket, names, and the plans that wait. */
function shown(
  { now, snapshot, events }: Pick<Convergence, "now" | "snapshot" | "events">,
  arrive: (store: TaskStore, events: Convergence["events"]) => void = (store) => {
    store.apply(events);
  },
) {
  vi.setSystemTime(new Date(now));
  const store = new TaskStore(new Clock(systemTimers));
  store.replace({ epoch: "e", seq: (events[0]?.seq ?? 1) - 1 }, snapshot);
  arrive(store, events);
  const board = store.getBoard();
  const tasks = BUCKETS.flatMap((bucket) => board[bucket].map((task) => ({ ...task, bucket })));
  return {
    tasks: tasks.sort(byId),
    projects: [...store.getProjects()].sort(byId),
    labels: [...store.getLabels()].sort(byId),
    drafts: [...store.getDrafts()].sort(byId),
  };
}

const byId = (a: { id: string }, b: { id: string }) => a.id.localeCompare(b.id);
const said = ({ fresh }: Convergence) => {
  const of = (wanted: string) => fresh.flatMap(({ kind, data }) => (kind === wanted ? data : []));
  return {
    tasks: (of("task") as Task[]).sort(byId),
    projects: (of("project") as Project[]).sort(byId),
    labels: (of("label") as Label[]).sort(byId),
    drafts: (of("breakdown") as Breakdown[]).sort(byId),
  };
};

describe("snapshot and events lead to what a fresh snapshot says", () => {
  it("by the files that the server is held to as well", () => {
    expect(sharedConvergences().length).toBeGreaterThan(0);
  });

  it("in which everything happens that can", () => {
    const told = sharedConvergences().flatMap(({ events }) => events.map(({ type }) => type));
    expect([...new Set(told)].sort()).toEqual(TYPES);
  });

  it.each([...sharedConvergences(), ...ownConvergences()])("$name", (one) => {
    expect(shown(one)).toEqual(said(one));
  });

  it.each([...sharedConvergences(), ...ownConvergences()])("$name, every event twice", (one) => {
    const events = one.events.flatMap((event) => [event, event]);
    expect(shown({ ...one, events })).toEqual(said(one));
  });

  it.each([...sharedConvergences(), ...ownConvergences()])("$name, one by one", (one) => {
    const oneByOne = (store: TaskStore, events: Convergence["events"]) => {
      for (const event of events) store.apply([event]);
    };
    expect(shown(one, oneByOne)).toEqual(said(one));
  });

  it.each([...sharedConvergences(), ...ownConvergences()])(
    "$name, with a fresh snapshot in the middle that knows what comes",
    (one) => {
      const half = Math.floor(one.events.length / 2);
      const anew = (store: TaskStore, events: Convergence["events"]) => {
        store.apply(events.slice(0, half));
        const seq = events[half - 1]?.seq ?? 0;
        store.replace({ epoch: "e", seq }, one.fresh);
        store.apply(events.slice(half));
      };
      expect(shown(one, anew)).toEqual(said(one));
    },
  );
});
