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

/** The changes of this window that are not settled, kept for the next one if this one goes. */
export class KeptQueue {
  readonly #database: Database;
  readonly #locks: Locks;
  readonly #owner: string;
  /** By the operations' names, under which number each is kept. */
  readonly #kept = new Map<string, Promise<number>>();

  constructor(database: Database, locks: Locks, owner: string) {
    this.#database = database;
    this.#locks = locks;
    this.#owner = owner;
  }

  add(operation: Operation): Promise<unknown> {
    const kept = this.#database.add("queue", { operation, owner: this.#owner });
    this.#kept.set(operation.opId, kept);
    return kept;
  }

  async settled(opId: string): Promise<void> {
    const kept = this.#kept.get(opId);
    this.#kept.delete(opId);
    if (kept) await this.#database.delete("queue", await kept);
  }

  /** Takes over what windows have left that are gone, in the order in which it was done. */
  async takeOrphans(): Promise<readonly Operation[]> {
    const { held = [] } = await this.#locks.query();
    const present = new Set(held.map(({ name }) => name));
    const taken: Operation[] = [];
    // One transaction: of two windows that look at once, the second finds the first one's name.
    const taking = this.#database.transaction("queue", "readwrite");
    for await (const row of taking.store) {
      const { operation, owner } = row.value;
      if (owner === this.#owner || present.has(WINDOW + owner)) continue;
      await row.update({ operation, owner: this.#owner });
      this.#kept.set(operation.opId, Promise.resolve(row.primaryKey));
      taken.push(operation);
    }
    await taking.done;
    return taken;
  }
}
