import type { Task } from "@/shared/api/types";
import type { Change } from "@/shared/store/change";
import { SECOND_MS } from "@/shared/lib/durations";
import { newUuid } from "@/shared/lib/uuid";
import { placeOfNew } from "@/shared/store/place";

const DEFAULT_PRIORITY = 4;

/** A task as the server would make it, before the server has. */
export function makeTask(title: string, created: string, fields: Partial<Task>): Task {
  return {
    id: newUuid(),
    title,
    notes: "",
    deadline: null,
    due_date: null,
    time_zone: null,
    priority: DEFAULT_PRIORITY,
    estimate_min: null,
    parent: null,
    project: null,
    labels: [],
    position: placeOfNew(Date.parse(created)),
    bucket: "upcoming",
    completed_at: null,
    outcome: null,
    lateness_s: null,
    version: 0,
    created_at: created,
    updated_at: created,
    ...fields,
  };
}

/** A guess at what the server will say of a completion; a deadline that is reached is late. */
export function completion(
  { deadline }: Pick<Task, "deadline">,
  at: string,
): Pick<Task, "completed_at" | "outcome" | "lateness_s"> {
  const late = deadline === null ? -1 : Date.parse(at) - Date.parse(deadline);
  return late >= 0
    ? { completed_at: at, outcome: "late", lateness_s: Math.floor(late / SECOND_MS) }
    : { completed_at: at, outcome: "on_time", lateness_s: null };
}

/** What a task that is open again has in their place. */
export const REOPENED = { completed_at: null, outcome: null, lateness_s: null } as const;

/** The change of some fields of a task. */
export function set({ id }: Task, fields: Partial<Task>): Change {
  return { kind: "task", id, set: fields };
}
