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

/** The locks that the windows of one browser share. */
export class FakeLocks {
  readonly #held = new Set<string>();

  readonly locks = {
    request: async (name: string, work: () => Promise<void>) => {
      this.#held.add(name);
      await work();
      this.#held.delete(name);
    },
    query: () => Promise.resolve({ held: [...this.#held].map((name) => ({ name })), pending: [] }),
  } as unknown as Locks;

  /** Every window that is there goes, without a word. */
  crash(): void {
    this.#held.clear();
  }
}
