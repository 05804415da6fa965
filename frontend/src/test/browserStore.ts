import {
  IDBCursor,
  IDBCursorWithValue,
  IDBDatabase,
  IDBFactory,
  IDBIndex,
  IDBKeyRange,
  IDBObjectStore,
  IDBOpenDBRequest,
  IDBRequest,
  IDBTransaction,
  IDBVersionChangeEvent,
} from "fake-indexeddb";
import { vi } from "vitest";

import type { Locks } from "@/shared/store/keep/queue";

/** A browser's store that is empty. Anew for each test that calls it. */
export function stubBrowserStore(): void {
  const all = {
    IDBCursor,
    IDBCursorWithValue,
    IDBDatabase,
    IDBIndex,
    IDBKeyRange,
    IDBObjectStore,
    IDBOpenDBRequest,
    IDBRequest,
    IDBTransaction,
    IDBVersionChangeEvent,
  };
  for (const [name, value] of Object.entries(all)) vi.stubGlobal(name, value);
  vi.stubGlobal("indexedDB", new IDBFactory());
}

interface Held {
  readonly name: string;
  readonly mode: LockMode;
  /** Resolves once it is let go of. */
  readonly free: Promise<void>;
  readonly release: () => void;
}

/** The locks that the windows of one browser share. */
export class FakeLocks {
  readonly #held = new Set<Held>();

  readonly locks = {
    request: async (
      name: string,
      ...rest: [() => unknown] | [{ readonly mode: LockMode }, () => unknown]
    ) => {
      const [{ mode }, work] = rest.length === 2 ? rest : [{ mode: "exclusive" as const }, rest[0]];
      for (;;) {
        const other = [...this.#held].find(
          (one) => one.name === name && [mode, one.mode].includes("exclusive"),
        );
        if (!other) break;
        await other.free;
      }
      const held = hold(name, mode);
      this.#held.add(held);
      const result = await Promise.race([work(), held.free]);
      this.#held.delete(held);
      held.release();
      return result;
    },
    query: () => Promise.resolve({ held: [...this.#held], pending: [] }),
  } as unknown as Locks;

  /** Every window that is there goes, without a word. */
  crash(): void {
    for (const held of this.#held) held.release();
    this.#held.clear();
  }
}

function hold(name: string, mode: LockMode): Held {
  let release: () => void = () => undefined;
  const free = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { name, mode, free, release };
}
