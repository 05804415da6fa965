import type { Task } from "@/shared/api/types";
import { type Cursor, isFields, type SnapshotItem, type StreamEvent } from "@/shared/socket/frames";

/**
 * What the server has said, and nothing else: snapshot + events. A plain value with a cursor, so
 * that it can be kept between visits and taken up again where it ended.
 */
export class Replica {
  cursor: Cursor | null = null;
  readonly tasks = new Map<string, Task>();

  /** Takes a snapshot in place of all that was known. */
  replace(cursor: Cursor, items: readonly SnapshotItem[]): void {
    this.cursor = cursor;
    this.tasks.clear();
    for (const { kind, data } of items) {
      if (kind === "task" && isTask(data)) this.tasks.set(data.id, data);
    }
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
    const task = event.data.task;
    if (!event.type.startsWith("task.") || !isTask(task)) return null;
    if (event.type === "task.deleted") this.tasks.delete(task.id);
    else this.tasks.set(task.id, task);
    return task.id;
  }
}

function isTask(data: unknown): data is Task {
  return isFields(data) && typeof data.id === "string" && typeof data.version === "number";
}
