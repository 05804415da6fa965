import { beforeEach, expect, it, vi } from "vitest";

import { Clock } from "@/shared/clock/clock";
import { DAY_MS } from "@/shared/lib/durations";
import { systemTimers } from "@/shared/lib/timers";
import { asItems, iso, makeEvent, makeTask, NOW } from "@/test/tasks";

import { boardAt, Boards } from "./board";
import { TaskStore } from "./store";

const MANY = 10_000;
/** What is left of a frame when React has drawn: the store may not be felt. */
const EVENT_LIMIT_MS = 2;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW, toFake: ["Date", "setTimeout", "clearTimeout"] });
});

/** Tasks of every kind, by chance that comes out the same each time. */
function someTasks(count: number) {
  let seed = 7;
  const chance = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
  return Array.from({ length: count }, (_, index) => {
    const deadline = chance(5) === 0 ? null : iso((chance(4_000) - 1_000) * 60_000);
    const completed_at = chance(4) === 0 ? iso(-chance(40) * DAY_MS) : null;
    const priority = 1 + chance(4);
    return makeTask({ id: `t${index}`, deadline, completed_at, priority });
  });
}

it("follows any change as if all were sorted anew", () => {
  const kept = new Boards();
  const tasks = new Map(someTasks(300).map((task) => [task.id, task]));
  for (const [id, task] of tasks) kept.set(id, task);
  kept.at(NOW);
  const others = someTasks(900).slice(300);
  for (let step = 0; step < 200; step += 1) {
    const [other] = others.splice(0, 1);
    const id = `t${(step * 7) % 300}`;
    if (step % 5 === 0 || !other) {
      tasks.delete(id);
      kept.set(id, undefined);
    } else {
      tasks.set(id, { ...other, id });
      kept.set(id, { ...other, id });
    }
    // Sometimes the clock is put back a little.
    const now = NOW + step * 300_000 - (step % 20 === 19 ? 3_600_000 : 0);
    expect(kept.at(now)).toEqual(boardAt(tasks.values(), now));
  }
});

it("of ten thousand tasks takes an event in without being felt", () => {
  const store = new TaskStore(new Clock(systemTimers));
  const tasks = someTasks(MANY);
  store.replace({ epoch: "e", seq: 0 }, asItems(tasks));
  const drawn = vi.fn();
  store.subscribe(drawn);
  const took = tasks.slice(0, 300).map((task, index) => {
    const changed = { ...task, deadline: iso((index + 1) * 120_000), version: 2 };
    const before = performance.now();
    store.apply([makeEvent(index + 1, "task.updated", changed)]);
    return performance.now() - before;
  });
  expect(drawn).toHaveBeenCalledTimes(300);
  const median = took.sort((one, other) => one - other)[150] ?? Infinity;
  expect(median).toBeLessThan(EVENT_LIMIT_MS);
});
