import type { Label, Project, Task } from "@/shared/api/types";

/** What a person changes by themselves; plans are made by the planner, which has ways of its own. */
export interface Kinds {
  readonly task: Task;
  readonly project: Project;
  readonly label: Label;
}

export type Kind = keyof Kinds;
export type Named = Kinds[Kind];

/** One object among all kinds. */
export type Key = `${Kind}:${string}`;

export function keyOf(kind: Kind, id: string): Key {
  return `${kind}:${id}`;
}

export function partsOfKey(key: Key): { readonly kind: Kind; readonly id: string } {
  const at = key.indexOf(":");
  return { kind: key.slice(0, at) as Kind, id: key.slice(at + 1) };
}
