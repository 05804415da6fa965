import type { Breakdown, Task } from "@/shared/api/types";
import { type Cursor, isFields, type SnapshotItem, type StreamEvent } from "@/shared/socket/frames";

/**
 * What the server has said, and nothing else: snapshot + events. A plain value with a cursor, so
 * that it can be kept between visits and taken up again where it ended.
 */
export class Replica {
  cursor: Cursor | null = null;
  readonly tasks = new Map<string, Task>();
  /** Closed ones too, so that whoever has one open learns that it is. */
  readonly drafts = new Map<string, Breakdown>();

  /** Takes a snapshot in place of all that was known. */
  replace(cursor: Cursor, items: readonly SnapshotItem[]): void {
    this.cursor = cursor;
    this.tasks.clear();
    this.drafts.clear();
    for (const { kind, data } of items) {
      if (kind === "task" && isObject(data)) this.tasks.set(data.id, data);
      else if (kind === "breakdown") this.take(data);
    }
  }

  /** Takes in a breakdown as it was told or answered; an older version than is known is no news. */
  take(data: unknown): void {
    if (!isObject(data)) return;
    const known = this.drafts.get(data.id);
    if (!known || known.version < data.version) this.drafts.set(data.id, data);
  }

  /**
   * Applies an event; one that was applied before changes nothing. Returns the id of the task
   * that may have changed, or null. Kinds that are not known here only move the cursor.
   */
  apply(event: StreamEvent): string | null {
    if (this.cursor) {
      if (event.seq <= this.cursor.seq) return null;
      this.cursor = { ...this.cursor, seq: event.seq };
    }
    const { breakdown, task } = event.data;
    if (event.type.startsWith("breakdown.")) this.take(breakdown);
    if (!event.type.startsWith("task.") || !isObject(task)) return null;
    if (event.type === "task.deleted") this.tasks.delete(task.id);
    else this.tasks.set(task.id, task);
    return task.id;
  }
}

/** An object of the wire; its kind was told beside it. */
function isObject(data: unknown): data is Task & Breakdown {
  return isFields(data) && typeof data.id === "string" && typeof data.version === "number";
}
