import type { Cursor, SnapshotItem } from "@/shared/socket/frames";

import type { News } from "../replica";
import { type Database, REPLICA } from "./database";

/** So many are handed to the browser at once, so that no frame waits for all of them. */
const AT_ONCE = 500;

export interface Kept {
  readonly cursor: Cursor;
  readonly items: readonly SnapshotItem[];
}

/** What was kept of this person; null where there is nothing. */
export async function readReplica(database: Database, viewer: string): Promise<Kept | null> {
  const reading = database.transaction(["state", "objects"]);
  const [state, items] = await Promise.all([
    reading.objectStore("state").get(REPLICA),
    reading.objectStore("objects").getAll(),
  ]);
  if (state?.viewer !== viewer) return null;
  return { cursor: { epoch: state.epoch, seq: state.seq }, items };
}

/**
 * Writes what is new, all of it or nothing. Several windows write into one database, each what it
 * heard: what is kept only ever goes forwards, and whoever is behind what another one has written
 * leaves it. That loses nothing, for the other one has heard of all that this one has.
 */
export async function writeReplica(
  database: Database,
  viewer: string,
  { cursor, whole, put, gone }: News,
): Promise<void> {
  const writing = database.transaction(["state", "objects"], "readwrite");
  const objects = writing.objectStore("objects");
  const state = writing.objectStore("state");
  const stored = await state.get(REPLICA);
  const sameHistory = stored?.viewer === viewer && stored.epoch === cursor.epoch;
  const behind = sameHistory && stored.seq > cursor.seq;
  // News alone say nothing where another history is kept, or none.
  if (behind || !(whole || sameHistory)) return;
  if (whole) await objects.clear();
  for (const key of gone) void objects.delete(key);
  for (let at = 0; at < put.length; at += AT_ONCE) {
    const some = put.slice(at, at + AT_ONCE);
    await Promise.all(some.map(([key, item]) => objects.put(item, key)));
  }
  await state.put({ viewer, ...cursor }, REPLICA);
  await writing.done;
}
