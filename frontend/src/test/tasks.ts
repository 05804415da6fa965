import type { Label, Project, Task } from "@/shared/api/types";
import type { StreamEvent } from "@/shared/socket/frames";

/** A Sunday noon, UTC. */
export const NOW = Date.parse("2026-11-22T12:00:00Z");

export function iso(offsetMs = 0): string {
  return new Date(NOW + offsetMs).toISOString();
}

export function makeTask(fields: Partial<Task> & Pick<Task, "id">): Task {
  return {
    title: `Task ${fields.id}`,
    notes: "",
    deadline: null,
    due_date: null,
    time_zone: null,
    priority: 4,
    estimate_min: null,
    parent: null,
    project: null,
    labels: [],
    position: "",
    bucket: "upcoming",
    completed_at: null,
    outcome: null,
    lateness_s: null,
    version: 1,
    created_at: iso(-3_600_000),
    updated_at: iso(-3_600_000),
    ...fields,
  };
}

export function makeProject(fields: Partial<Project> & Pick<Project, "id">): Project {
  return {
    name: `Project ${fields.id}`,
    colour: "grey",
    version: 1,
    created_at: iso(-3_600_000),
    updated_at: iso(-3_600_000),
    position: "",
    archived: false,
    ...fields,
  };
}

export function makeLabel(fields: Partial<Label> & Pick<Label, "id">): Label {
  return {
    name: `label ${fields.id}`,
    colour: "grey",
    version: 1,
    created_at: iso(-3_600_000),
    updated_at: iso(-3_600_000),
    ...fields,
  };
}

export function makeEvent(
  seq: number,
  type: string,
  task: Task,
  fields: Partial<StreamEvent> = {},
): StreamEvent {
  return {
    v: 1,
    stream: "s",
    seq,
    id: `event-${seq}`,
    type,
    at: iso(),
    actor: null,
    op_id: null,
    data: { task },
    ...fields,
  };
}

export function asItems(tasks: readonly Task[]) {
  return tasks.map((data) => ({ kind: "task", data }));
}
