import type { Write } from "@/shared/api/carryOut";
import { ApiError, NetworkError } from "@/shared/api/errors";
import { type Backoff, fullJitterMs } from "@/shared/lib/backoff";
import type { TimerId, Timers } from "@/shared/lib/timers";

import { type Change, keyOfChange, namedBy } from "./change";
import type { Key, Named } from "./kinds";
import type { TaskStore } from "./store";

const BACKOFF: Backoff = { baseMs: 500, capMs: 15_000 };
/** Answers that say "not now": sent again under the same name, the change still happens once. */
const PASSING = new Set([425, 429, 502, 503, 504]);
/** The first sending of the same operation is still at work. */
const TWIN_IN_FLIGHT = "operation_in_flight";

/** One thing that a person asked for. Plain data: it can be kept until it is settled. */
export interface Operation {
  readonly opId: string;
  /** What it will look like, until the server says what it is. */
  readonly changes: readonly Change[];
  readonly request: Write;
  /** For the sentence if it is refused: what was tried, and with what. */
  readonly tried: Tried;
}

export type Tried =
  | { readonly what: "create" | "change" | "delete"; readonly name: string }
  | { readonly what: "change" | "delete"; readonly count: number };

export interface OperationsOptions {
  readonly store: TaskStore;
  readonly timers: Timers;
  readonly random: () => number;
  /** Sends it; the objects as answered. */
  readonly send: (request: Write, opId: string) => Promise<readonly Named[]>;
  readonly refused: (operation: Operation, error: unknown) => void;
  /** The server can be reached: it has answered. */
  readonly reached: () => void;
  /** The server no longer knows who is asking. */
  readonly sessionEnded: () => void;
}

/**
 * Carries a person's changes to the server: shown at once, sent in order for each object, sent again
 * after a lost connection, taken back with the reason when refused.
 */
export class Operations {
  readonly #options: OperationsOptions;
  /** What is not settled, by the objects it concerns: one is sent when it is the first for all of its. */
  readonly #queues = new Map<Key, Operation[]>();
  readonly #keys = new Map<Operation, ReadonlySet<Key>>();
  readonly #sent = new Set<Operation>();
  /** What waits out a pause before it is sent again. */
  readonly #paused = new Map<Operation, TimerId>();
  #stopped = false;

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  submit(operation: Operation): void {
    // A draft that is saved as its page goes may come after the session: nobody is there to send it.
    if (this.#stopped) return;
    this.#options.store.begin(operation.opId, operation.changes);
    this.#enqueue(operation);
    this.#runIfFirst(operation);
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
    this.#keys.clear();
    this.#sent.clear();
  }

  #enqueue(operation: Operation): void {
    const keys = new Set(operation.changes.map(keyOfChange));
    // Into a project that is only being made: that has to be there first. One that stands holds up nobody.
    for (const key of operation.changes.flatMap(namedBy)) if (this.#queues.has(key)) keys.add(key);
    this.#keys.set(operation, keys);
    for (const key of keys) {
      const queue = this.#queues.get(key);
      if (queue) queue.push(operation);
      else this.#queues.set(key, [operation]);
    }
  }

  #runIfFirst(operation: Operation): void {
    const keys = this.#keys.get(operation);
    if (!keys || this.#sent.has(operation)) return;
    for (const key of keys) if (this.#queues.get(key)?.[0] !== operation) return;
    this.#sent.add(operation);
    void this.#run(operation, 0);
  }

  async #run(operation: Operation, attempt: number): Promise<void> {
    try {
      const objects = await this.#options.send(operation.request, operation.opId);
      if (this.#stopped) return;
      this.#options.reached();
      this.#options.store.answered(operation.opId, objects);
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
    else this.#options.refused(operation, error);
    this.#next(operation);
  }

  #next(operation: Operation): void {
    const keys = this.#keys.get(operation) ?? [];
    this.#keys.delete(operation);
    this.#sent.delete(operation);
    const following = new Set<Operation>();
    for (const key of keys) {
      const queue = (this.#queues.get(key) ?? []).filter((other) => other !== operation);
      if (queue.length === 0) this.#queues.delete(key);
      else this.#queues.set(key, queue);
      if (queue[0]) following.add(queue[0]);
    }
    for (const one of following) this.#runIfFirst(one);
  }
}

function passes(error: unknown): boolean {
  if (error instanceof NetworkError) return true;
  if (!(error instanceof ApiError)) return false;
  return PASSING.has(error.status) || (error.status === 409 && error.code === TWIN_IN_FLIGHT);
}
