import type { Task } from "@/shared/api/types";

/** What an operation makes of a task; undefined stands for a task that is not there. */
export type Change = (task: Task | undefined) => Task | undefined;

interface Pending {
  readonly opId: string;
  readonly taskId: string;
  change: Change;
  /** The version that the server's answer carried; null while there is no answer. */
  version: number | null;
  answeredAt: number | null;
  /** When the stream has come this far, everything answered has been seen in it. */
  gate: number | null;
}

/** An answer this old was committed before a head that is told now. */
const SETTLED_MS = 5_000;

/**
 * A person's own changes, laid over what the server has said until the stream says the same.
 *
 * An answer does not end an operation: the event may be on its way behind older ones, and going
 * by the answer alone would show the task's past for a moment. What ends it is its echo (`op_id`),
 * a version at least as new in the stream, a head told later than the answer, or a refusal.
 */
export class Overlay {
  readonly #pending = new Map<string, Pending>();

  /** Operations whose answer has not come. */
  get unanswered(): number {
    let count = 0;
    for (const { answeredAt } of this.#pending.values()) if (answeredAt === null) count += 1;
    return count;
  }

  taskIds(): Set<string> {
    return new Set(Array.from(this.#pending.values(), ({ taskId }) => taskId));
  }

  add(opId: string, taskId: string, change: Change): void {
    this.#pending.set(opId, {
      opId,
      taskId,
      change,
      version: null,
      answeredAt: null,
      gate: null,
    });
  }

  /** The server's answer takes the place of the guess. Returns the task's id if it was pending. */
  answer(opId: string, task: Task | null, now: number): string | null {
    const one = this.#pending.get(opId);
    if (!one) return null;
    one.answeredAt = now;
    one.version = task?.version ?? null;
    if (task) one.change = () => task;
    return one.taskId;
  }

  /** The operation is over: echoed or refused. Returns the task's id if it was pending. */
  remove(opId: string): string | null {
    const one = this.#pending.get(opId);
    this.#pending.delete(opId);
    return one?.taskId ?? null;
  }

  /** The server told a head: what was answered well before lies at or below it. */
  gateAt(head: number, now: number): void {
    for (const one of this.#pending.values()) {
      if (one.answeredAt !== null && one.gate === null && now - one.answeredAt >= SETTLED_MS) {
        one.gate = head;
      }
    }
  }

  /** Ends what the stream, come as far as `seq`, has caught up with. Returns the tasks' ids. */
  prune(seq: number, confirmed: ReadonlyMap<string, Task>): string[] {
    const ended: string[] = [];
    for (const one of this.#pending.values()) {
      if (one.answeredAt === null) continue;
      const known = confirmed.get(one.taskId);
      const passed = one.gate !== null && one.gate <= seq;
      const seen = one.version === null ? !known : known && known.version >= one.version;
      if (!passed && !seen) continue;
      this.#pending.delete(one.opId);
      ended.push(one.taskId);
    }
    return ended;
  }

  /** A task as the person should see it. */
  over(taskId: string, confirmed: Task | undefined): Task | undefined {
    let task = confirmed;
    for (const one of this.#pending.values()) {
      if (one.taskId === taskId) task = one.change(task);
    }
    return task;
  }
}
