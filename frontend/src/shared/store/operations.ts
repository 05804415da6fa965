import { ApiError, NetworkError } from "@/shared/api/errors";
import type { Task } from "@/shared/api/types";
import { type Backoff, fullJitterMs } from "@/shared/lib/backoff";
import type { TimerId, Timers } from "@/shared/lib/timers";

import type { Change } from "./overlay";
import type { TaskStore } from "./store";

const BACKOFF: Backoff = { baseMs: 500, capMs: 15_000 };
/** Answers that say "not now": sent again under the same name, the change still happens once. */
const PASSING = new Set([425, 429, 502, 503, 504]);
/** The first sending of the same operation is still at work. */
const TWIN_IN_FLIGHT = "operation_in_flight";

export interface Operation {
  readonly opId: string;
  readonly taskId: string;
  /** What it will look like, until the server says what it is. */
  readonly change: Change;
  /** Sends it; the task as answered, or null where nothing is left of it. */
  readonly send: (opId: string) => Promise<Task | null>;
  readonly refused: (error: unknown) => void;
}

export interface OperationsOptions {
  readonly store: TaskStore;
  readonly timers: Timers;
  readonly random: () => number;
  /** The server can be reached: it has answered. */
  readonly reached: () => void;
  /** The server no longer knows who is asking. */
  readonly sessionEnded: () => void;
}

/**
 * Carries a person's changes to the server: shown at once, sent in order for each task, sent again
 * after a lost connection, taken back with the reason when refused.
 */
export class Operations {
  readonly #options: OperationsOptions;
  /** Waiting operations by task; the first of each is the one under way. */
  readonly #queues = new Map<string, Operation[]>();
  /** What waits out a pause before it is sent again. */
  readonly #paused = new Map<Operation, TimerId>();
  #stopped = false;

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  submit(operation: Operation): void {
    // A draft that is saved as its page goes may come after the session: nobody is there to send it.
    if (this.#stopped) return;
    this.#options.store.begin(operation.opId, operation.taskId, operation.change);
    const queue = this.#queues.get(operation.taskId) ?? [];
    this.#queues.set(operation.taskId, queue);
    queue.push(operation);
    if (queue.length === 1) void this.#run(operation, 0);
  }

  /** The connection is back: what waits is sent now. */
  wake(): void {
    for (const [operation, timer] of [...this.#paused]) {
      this.#options.timers.clearTimeout(timer);
      this.#paused.delete(operation);
      void this.#run(operation, 0);
    }
  }

  start(): void {
    this.#stopped = false;
  }

  /** Lets go of everything; answers that still come are not heard. */
  stop(): void {
    this.#stopped = true;
    for (const timer of this.#paused.values()) this.#options.timers.clearTimeout(timer);
    this.#paused.clear();
    this.#queues.clear();
  }

  async #run(operation: Operation, attempt: number): Promise<void> {
    try {
      const task = await operation.send(operation.opId);
      if (this.#stopped) return;
      this.#options.reached();
      this.#options.store.answered(operation.opId, task);
      this.#next(operation);
    } catch (error) {
      if (this.#stopped) return;
      if (passes(error)) this.#pause(operation, attempt, error);
      else this.#refuse(operation, error);
    }
  }

  #pause(operation: Operation, attempt: number, error: unknown): void {
    const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
    const wait = asked + fullJitterMs(BACKOFF, attempt, this.#options.random);
    const timer = this.#options.timers.setTimeout(() => {
      this.#paused.delete(operation);
      void this.#run(operation, attempt + 1);
    }, wait);
    this.#paused.set(operation, timer);
  }

  #refuse(operation: Operation, error: unknown): void {
    this.#options.store.refused(operation.opId);
    if (error instanceof ApiError && error.status === 401) this.#options.sessionEnded();
    else operation.refused(error);
    this.#next(operation);
  }

  #next({ taskId }: Operation): void {
    const queue = this.#queues.get(taskId);
    queue?.shift();
    const following = queue?.[0];
    if (following) void this.#run(following, 0);
    else this.#queues.delete(taskId);
  }
}

function passes(error: unknown): boolean {
  if (error instanceof NetworkError) return true;
  if (!(error instanceof ApiError)) return false;
  return PASSING.has(error.status) || (error.status === 409 && error.code === TWIN_IN_FLIGHT);
}
