import type { Write } from "@/shared/api/carryOut";
import { ApiError, NetworkError, Outdated } from "@/shared/api/errors";
import { type Backoff, fullJitterMs } from "@/shared/lib/backoff";
import { DAY_MS } from "@/shared/lib/durations";
import type { TimerId, Timers } from "@/shared/lib/timers";

import { type Change, keyOfChange, namedBy } from "./change";
import { type Key, type Named, partsOfKey } from "./kinds";
import type { TaskStore } from "./store";

const BACKOFF: Backoff = { baseMs: 500, capMs: 15_000 };
/** Answers that say "not now": sent again under the same name, the change still happens once. */
const PASSING = new Set([425, 429, 502, 503, 504]);
/** Once it is as old as this, others may have changed what it was about. */
const OLD_AFTER_MS = DAY_MS;
/** It was carried out, too long ago for the server to say what came of it. */
const DONE_LONG_AGO = "idempotency_key_expired";
/** The first sending of the same operation is still at work. */
const TWIN_IN_FLIGHT = "operation_in_flight";

/** One thing that a person asked for. Plain data: it can be kept until it is settled. */
export interface Operation {
  readonly opId: string;
  /** What it will look like, until the server says what it is. */
  readonly changes: readonly Change[];
  readonly request: Write;
  /** When it was done, ms since 1970. */
  readonly madeAt: number;
  /** The versions of what it changes, where the server had told them when it was done. */
  readonly bases: Readonly<Record<Key, number>>;
  /** For the sentence if it is refused: what was tried, and with what. */
  readonly tried: Tried;
}

export type Tried =
  | { readonly what: "create" | "change" | "delete"; readonly name: string }
  | { readonly what: "change" | "delete"; readonly count: number };

/** Where operations are kept until they are settled. */
export interface Journal {
  add(operation: Operation): void;
  settled(opId: string): void;
}

export interface OperationsOptions {
  readonly store: TaskStore;
  readonly timers: Timers;
  readonly random: () => number;
  /** Sends it; the objects as answered. */
  readonly send: (
    request: Write,
    opId: string,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<readonly Named[]>;
  readonly now: () => number;
  /** `moot` is what was asked of an object that only `operation` would have made: it is not sent. */
  readonly refused: (operation: Operation, error: unknown, moot: readonly Operation[]) => void;
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
  /** The versions that the changes of each go on from, own ones before them included. */
  readonly #bases = new Map<Operation, Map<Key, number>>();
  #stopped = false;
  #journal: Journal | null = null;

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  /** Null where nothing can be kept. It opens after the page has: what was done till then is kept from now on. */
  keepIn(journal: Journal | null): void {
    this.#journal = journal;
    for (const operation of this.#keys.keys()) journal?.add(operation);
  }

  submit(asked: Omit<Operation, "madeAt" | "bases">): void {
    // A draft that is saved as its page goes may come after the session: nobody is there to send it.
    if (this.#stopped) return;
    const bases: Record<Key, number> = {};
    for (const key of asked.changes.map(keyOfChange)) {
      const version = this.#options.store.versionOf(key);
      if (version !== null) bases[key] = version;
    }
    const operation = { ...asked, madeAt: this.#options.now(), bases };
    this.#journal?.add(operation);
    this.#begin(operation);
  }

  /** Goes on with what was begun in a window that is gone. It may have been sent: nobody knows. */
  adopt(operations: readonly Operation[]): void {
    if (!this.#stopped) for (const operation of operations) this.#begin(operation);
  }

  #begin(operation: Operation): void {
    this.#options.store.begin(operation.opId, operation.changes);
    this.#bases.set(operation, new Map(Object.entries(operation.bases) as [Key, number][]));
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
    this.#bases.clear();
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
      const objects = await this.#send(operation);
      if (this.#stopped) return;
      this.#options.reached();
      this.#accept(operation, objects);
    } catch (error) {
      if (this.#stopped) return;
      if (isCode(error, DONE_LONG_AGO)) this.#accept(operation, []);
      else if (passes(error)) this.#pause(operation, attempt, error);
      else this.#refuse(operation, error);
    }
  }

  /**
   * Sends it. What has waited for a day is done only if nobody has changed meanwhile what it is
   * about. The server looks at its name first: what it has carried out already it says to be done.
   */
  #send(operation: Operation): Promise<readonly Named[]> {
    const { request, opId, madeAt } = operation;
    const { now, send, store } = this.#options;
    const bases = this.#bases.get(operation) ?? new Map<Key, number>();
    if (now() - madeAt < OLD_AFTER_MS || bases.size === 0) return send(request, opId);
    const [first, ...others] = bases;
    if (first && others.length === 0) return send(request, opId, { "If-Match": `"${first[1]}"` });
    const changed = [...bases].some(([key, version]) => store.versionOf(key) !== version);
    return changed ? Promise.reject(new Outdated()) : send(request, opId);
  }

  #accept(operation: Operation, objects: readonly Named[]): void {
    this.#options.store.answered(operation.opId, objects);
    this.#journal?.settled(operation.opId);
    for (const { id, version } of objects) this.#rebase(operation, id, version);
    this.#next(operation);
  }

  /** What follows goes on from what this one has made, where nobody else came between. */
  #rebase(operation: Operation, id: string, version: number): void {
    for (const [key, base] of this.#bases.get(operation) ?? []) {
      if (partsOfKey(key).id !== id || version !== base + 1) continue;
      for (const other of this.#queues.get(key) ?? []) {
        const bases = this.#bases.get(other);
        if (other !== operation && bases?.get(key) === base) bases.set(key, version);
      }
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
    if (error instanceof ApiError && error.status === 401) {
      // It stays in the journal: whoever signs in again goes on with it.
      this.#options.sessionEnded();
    } else {
      const moot = this.#mootAfter(operation);
      for (const other of moot) {
        this.#options.store.refused(other.opId);
        this.#journal?.settled(other.opId);
        this.#next(other);
      }
      this.#journal?.settled(operation.opId);
      const stale = error instanceof ApiError && error.status === 412;
      this.#options.refused(operation, stale ? new Outdated() : error, moot);
    }
    this.#next(operation);
  }

  /** What waits for objects that were to be made and now are not, and changes nothing else. */
  #mootAfter({ changes }: Operation): readonly Operation[] {
    const made = changes.filter((change) => "is" in change).map(keyOfChange);
    const missing = new Set(made.filter((key) => this.#options.store.versionOf(key) === null));
    const waiting = [...missing].flatMap((key) => (this.#queues.get(key) ?? []).slice(1));
    return [...new Set(waiting)].filter((other) =>
      other.changes.every((change) => missing.has(keyOfChange(change))),
    );
  }

  #next(operation: Operation): void {
    const keys = this.#keys.get(operation) ?? [];
    this.#keys.delete(operation);
    this.#bases.delete(operation);
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
  return PASSING.has(error.status) || isCode(error, TWIN_IN_FLIGHT);
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof ApiError && error.code === code;
}
