import type { Task } from "@/shared/api/types";
import type { Clock } from "@/shared/clock/clock";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "@/shared/lib/durations";
import { newUuid } from "@/shared/lib/uuid";
import type { TaskStore } from "@/shared/store/store";
import { landing } from "@/shared/text/landing";

import { completion, makeTask } from "../task";

/** A deadline passes about this often. */
const BEAT_MS = 6 * SECOND_MS;
const LOOK_EVERY_MS = 500;
/** A missed task is left in sight for so long before somebody does it after all. */
const MISSED_FOR_MS = 9 * SECOND_MS;
/** Of the upcoming, every third is done in time, this long before its deadline. */
const DONE_BEFORE_MS = 3 * SECOND_MS;
const KEEP_COMPLETED = 3;

/**
 * Fills a store with tasks that live by themselves, by the events that a server would send; so many
 * of them are `upcoming` at a time. Returns how to stop.
 */
export function simulate(store: TaskStore, clock: Clock, upcoming: number): () => void {
  const titles = landing.tasks;
  const prompt = new Set<string>();
  let seq = 0;
  let made = 0;
  let lastDeadline = 0;

  const emit = (type: string, task: Task) => {
    seq += 1;
    const at = new Date(clock.now()).toISOString();
    const head = { v: 1, stream: "sample", seq, id: newUuid(), type, at };
    store.apply([{ ...head, actor: null, op_id: null, data: { task } }]);
  };

  const make = (now: number): Task => {
    const title = titles[made % titles.length] ?? "";
    made += 1;
    lastDeadline = Math.max(lastDeadline, now) + BEAT_MS;
    const task = sampleTask(title, now - SECOND_MS, lastDeadline);
    if (made % 3 === 0) prompt.add(task.id);
    return task;
  };

  const begin = () => {
    const now = clock.now();
    lastDeadline = now - SECOND_MS;
    const next = Array.from({ length: upcoming }, () => make(now));
    const missed = sampleTask(titles[4] ?? "", now - HOUR_MS, now - 4 * SECOND_MS);
    const done = sampleTask(titles[5] ?? "", now - 3 * HOUR_MS, now + 2 * HOUR_MS);
    made += 2;
    const items = [...next, missed, completed(done, now - 20 * MINUTE_MS)];
    store.replace(
      { epoch: "sample", seq },
      items.map((data) => ({ kind: "task", data })),
    );
  };

  const look = () => {
    const now = clock.now();
    const board = store.getBoard();
    // A tab that was hidden for long comes back to a fresh sample, not to a heap of misses.
    const [next] = board.upcoming;
    if (!next || instantOf(next) < now - LOOK_EVERY_MS) {
      begin();
      return;
    }
    for (const task of board.missed) {
      if (now - instantOf(task) > MISSED_FOR_MS) emit("task.completed", completed(task, now));
    }
    for (const task of board.upcoming) {
      if (prompt.has(task.id) && instantOf(task) - now < DONE_BEFORE_MS) {
        prompt.delete(task.id);
        emit("task.completed", completed(task, now));
      }
    }
    for (const task of board.completed.slice(KEEP_COMPLETED)) emit("task.deleted", task);
    if (store.getBoard().upcoming.length < upcoming) emit("task.created", make(now));
  };

  begin();
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
  };
}

function instantOf(task: Task): number {
  return Date.parse(task.deadline ?? task.created_at);
}

function completed(task: Task, at: number): Task {
  const done = completion(task, new Date(at).toISOString());
  return { ...task, ...done, version: task.version + 1 };
}

function sampleTask(title: string, created: number, deadline: number): Task {
  return makeTask(title, new Date(created).toISOString(), {
    deadline: new Date(deadline).toISOString(),
  });
}
