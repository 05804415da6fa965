import type { Timers, TimerId } from "@/shared/lib/timers";
import { newUuid } from "@/shared/lib/uuid";

import type { Operation } from "../operations";
import type { TaskStore } from "../store";
import { type Database, forgetOthers, openDatabase } from "./database";
import { holdLock, KeptQueue, type Locks } from "./queue";
import { type Kept, readReplica, writeReplica } from "./replica";

/** What happens within this time is written together. */
const WRITE_AFTER_MS = 500;

export interface KeeperOptions {
  readonly viewer: string;
  readonly store: TaskStore;
  readonly timers: Timers;
  /** Absent where the page is served over plain http: then changes are not kept, only what was told. */
  readonly locks: Locks | undefined;
  /** It keeps nothing any more. */
  readonly lost: () => void;
  /** Another window has gone that may have left changes: see `takeOrphans`. */
  readonly orphaned: () => void;
}

/**
 * Keeps in the browser what the server has told and what the person has done, behind their back:
 * the page opens from it at once. Where the browser lets nothing be kept all works without it.
 */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #database: Database;
  readonly #queue: KeptQueue | null;
  readonly #release: () => void;
  readonly #unsubscribe: () => void;
  #timer: TimerId | null = null;
  #writing: Promise<void> = Promise.resolve();
  #lost = false;
  readonly #underWay = new Set<Promise<unknown>>();

  /** What was kept when it was opened. */
  readonly found: Kept | null;

  static async open(options: KeeperOptions): Promise<Keeper | null> {
    let keeper: Keeper | null = null;
    try {
      const { viewer, locks, orphaned } = options;
      const database = await openDatabase(viewer, (why) => keeper?.lose(why));
      const window = newUuid();
      const [found, release] = await Promise.all([
        readReplica(database, viewer),
        locks ? holdLock(locks, window) : () => undefined,
      ]);
      const queue = locks ? new KeptQueue({ database, locks, owner: window, orphaned }) : null;
      keeper = new Keeper(options, { database, queue, release, found });
      void forgetOthers(viewer).catch(() => undefined);
      return keeper;
    } catch (why) {
      tell(why);
      return null;
    }
  }

  private constructor(
    options: KeeperOptions,
    parts: {
      readonly database: Database;
      readonly queue: KeptQueue | null;
      readonly release: () => void;
      readonly found: Kept | null;
    },
  ) {
    this.#options = options;
    this.#database = parts.database;
    this.#queue = parts.queue;
    this.#release = parts.release;
    this.found = parts.found;
    this.#unsubscribe = options.store.subscribe(this.#later);
    // Something may have been told while it was opened.
    this.#later();
  }

  /** Whether changes outlive the window. */
  get keepsChanges(): boolean {
    return this.#queue !== null && !this.#lost;
  }

  /** An operation has begun. */
  add(operation: Operation): void {
    if (!this.#lost) this.#guard(this.#queue?.add(operation));
  }

  /** An operation is over: accepted or refused. */
  settled(opId: string): void {
    if (!this.#lost) this.#guard(this.#queue?.settled(opId));
  }

  /** What windows that are gone have not brought to its end: from now on it is this one's. */
  async takeOrphans(): Promise<readonly Operation[]> {
    if (!this.#queue || this.#lost) return [];
    return this.#queue.takeOrphans().catch((why: unknown) => {
      this.lose(why);
      return [];
    });
  }

  /** Writes what is new, now. */
  flush = (): Promise<void> => {
    if (this.#timer !== null) this.#options.timers.clearTimeout(this.#timer);
    this.#timer = null;
    const { store, viewer } = this.#options;
    this.#writing = this.#writing.then(async () => {
      const news = this.#lost ? null : store.takeNews();
      if (!news) return;
      await writeReplica(this.#database, viewer, news).catch((why: unknown) => {
        this.lose(why);
      });
    });
    return this.#writing;
  };

  async close(): Promise<void> {
    this.#unsubscribe();
    await this.flush();
    await Promise.allSettled([...this.#underWay]);
    this.#lost = true;
    this.#release();
    this.#database.close();
  }

  lose(why: unknown): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#unsubscribe();
    this.#options.lost();
    tell(why);
  }

  #later = (): void => {
    if (this.#lost || this.#timer !== null) return;
    this.#timer = this.#options.timers.setTimeout(() => void this.flush(), WRITE_AFTER_MS);
  };

  #guard(work: Promise<unknown> | undefined): void {
    if (!work) return;
    const guarded = work.catch((why: unknown) => {
      this.lose(why);
    });
    this.#underWay.add(guarded);
    void guarded.finally(() => this.#underWay.delete(guarded));
  }
}

function tell(why: unknown): void {
  // eslint-disable-next-line no-console -- for whoever wonders why the page opens empty
  console.info("taskengine: nothing is kept in this browser:", why);
}
