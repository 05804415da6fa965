import type { Operation } from "../operations";
import type { Database } from "./database";

/** A window holds the lock of its name for as long as it is there. */
const WINDOW = "taskengine.window.";

export type Locks = Pick<LockManager, "request" | "query">;

/** Says that this window is there, until the function that it resolves to is called. */
export function holdLock(locks: Locks, name: string): Promise<() => void> {
  return new Promise((resolve, reject) => {
    locks
      .request(
        WINDOW + name,
        () =>
          new Promise<void>((release) => {
            resolve(release);
          }),
      )
      .catch(reject);
  });
}

interface KeptQueueOptions {
  readonly database: Database;
  readonly locks: Locks;
  /** The name of this window. */
  readonly owner: string;
  /** A window has gone that had changes here when this one looked. */
  readonly orphaned: () => void;
}

/** The changes of this window that are not settled, kept for the next one if this one goes. */
export class KeptQueue {
  readonly #database: Database;
  readonly #locks: Locks;
  readonly #owner: string;
  readonly #orphaned: () => void;
  /** By the operations' names, under which number each is kept. */
  readonly #kept = new Map<string, Promise<number>>();
  /** The windows whose end this one waits for. */
  readonly #outwaited = new Set<string>();

  constructor({ database, locks, owner, orphaned }: KeptQueueOptions) {
    this.#database = database;
    this.#locks = locks;
    this.#owner = owner;
    this.#orphaned = orphaned;
  }

  add(operation: Operation): Promise<unknown> {
    const kept = this.#write(operation);
    this.#kept.set(operation.opId, kept);
    return kept;
  }

  async #write(operation: Operation): Promise<number> {
    const adding = this.#database.transaction("queue", "readwrite");
    const added = adding.store.add({ operation, owner: this.#owner });
    // Without waiting to hear that it is added: a window that goes before it hears takes with it what is not committed.
    adding.commit();
    const [number] = await Promise.all([added, adding.done]);
    return number;
  }

  async settled(opId: string): Promise<void> {
    const kept = this.#kept.get(opId);
    this.#kept.delete(opId);
    if (kept) await this.#database.delete("queue", await kept);
  }

  /**
   * Takes over what windows have left that are gone, in the order in which it was done. Of those that are
   * still there `orphaned` tells once they go: after a reload the one before this may take its time.
   */
  async takeOrphans(): Promise<readonly Operation[]> {
    const { held = [] } = await this.#locks.query();
    // A window holds its own alone; those who wait for its end share it.
    const present = new Set(held.flatMap(({ mode, name }) => (mode === "exclusive" ? name : [])));
    const taken: Operation[] = [];
    // One transaction: of two windows that look at once, the second finds the first one's name.
    const taking = this.#database.transaction("queue", "readwrite");
    for await (const row of taking.store) {
      const { operation, owner } = row.value;
      if (owner === this.#owner) continue;
      if (present.has(WINDOW + owner)) {
        void this.#outwait(owner);
        continue;
      }
      await row.update({ operation, owner: this.#owner });
      this.#kept.set(operation.opId, Promise.resolve(row.primaryKey));
      taken.push(operation);
    }
    await taking.done;
    return taken;
  }

  async #outwait(owner: string): Promise<void> {
    if (this.#outwaited.has(owner)) return;
    this.#outwaited.add(owner);
    // Refused where this window goes first, and then nobody asks.
    const gone = await this.#locks
      .request(WINDOW + owner, { mode: "shared" }, () => true)
      .catch(() => false);
    this.#outwaited.delete(owner);
    if (gone) this.#orphaned();
  }
}
