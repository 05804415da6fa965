import { type DBSchema, deleteDB, type IDBPDatabase, openDB } from "idb";

import type { SnapshotItem } from "@/shared/socket/frames";

import type { Operation } from "../operations";

/** What one person's replica was when it was last written. */
export interface KeptState {
  readonly viewer: string;
  readonly epoch: string;
  readonly seq: number;
}

export interface KeptOperation {
  readonly operation: Operation;
  /** The window that sends it, for as long as that is open. */
  readonly owner: string;
}

interface Schema extends DBSchema {
  state: { key: string; value: KeptState };
  objects: { key: string; value: SnapshotItem };
  queue: { key: number; value: KeptOperation };
}

export type Database = IDBPDatabase<Schema>;

/** Under this key stands the one state. */
export const REPLICA = "replica";

const PREFIX = "taskengine.";
/** Counts the shapes in which things are kept: what is kept in another shape is not read. */
const SHAPE = 1;

/**
 * Opens what this browser keeps of one person: a database of their own, so that nobody is ever
 * shown what is another's. Rejects where there is none to be had: private windows, policies, another
 * version of the page that is open and in the way.
 */
export function openDatabase(viewer: string, lost: (why: unknown) => void): Promise<Database> {
  return new Promise((resolve, reject) => {
    let given = false;
    const giveUp = (why: unknown) => {
      given = true;
      reject(why instanceof Error ? why : new Error(String(why)));
    };
    openDB<Schema>(PREFIX + viewer, SHAPE, {
      upgrade(database) {
        const kept = database.objectStoreNames;
        for (const name of ["state", "objects"] as const) {
          if (kept.contains(name)) database.deleteObjectStore(name);
          database.createObjectStore(name);
        }
        // Changes that wait are a person's own work, and plain requests in every shape.
        if (!kept.contains("queue")) database.createObjectStore("queue", { autoIncrement: true });
      },
      blocked: () => {
        giveUp("another version of the page is open");
      },
      blocking: (_current, _wanted, event) => {
        (event.target as IDBDatabase).close();
        lost("it was deleted, or a newer version of the page was opened");
      },
      terminated: () => {
        lost("the browser closed it");
      },
    }).then((database) => {
      if (given) database.close();
      else resolve(database);
    }, giveUp);
  });
}

/** Deletes what this browser keeps of a person. Done once every window has let go of it. */
export async function forget(viewer: string): Promise<void> {
  try {
    await deleteDB(PREFIX + viewer);
  } catch {
    // A browser without a store throws at once; it has kept nothing.
  }
}

/** Whoever is here now is not to leave behind what others had here before. */
export async function forgetOthers(viewer: string): Promise<void> {
  // Firefox before 126 can't tell which there are.
  const all = typeof indexedDB.databases === "function" ? await indexedDB.databases() : [];
  for (const { name } of all) {
    if (name?.startsWith(PREFIX) && name !== PREFIX + viewer) {
      await deleteDB(name).catch(() => undefined);
    }
  }
}
