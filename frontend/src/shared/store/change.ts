import type { Task } from "@/shared/api/types";

import { type Key, type Kind, type Kinds, keyOf, type Named } from "./kinds";

/** The object as a whole: it is made, or brought back. */
interface Made<K extends Kind> {
  readonly kind: K;
  readonly id: string;
  readonly is: Kinds[K];
}

/** Some of its fields. */
interface Edited<K extends Kind> {
  readonly kind: K;
  readonly id: string;
  readonly set: Partial<Kinds[K]>;
}

/** Labels put on a task and taken off it; the others that it carries stay. */
interface Relabelled {
  readonly kind: "task";
  readonly id: string;
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

interface Removed {
  readonly kind: Kind;
  readonly id: string;
  readonly gone: true;
}

/**
 * What an operation makes of one object, until the server says what it is. Plain data: it is kept
 * over a reload together with the request that asks for it.
 */
export type Change = { [K in Kind]: Made<K> | Edited<K> }[Kind] | Relabelled | Removed;

export function keyOfChange({ kind, id }: Change): Key {
  return keyOf(kind, id);
}

/** An object after a change; undefined stands for one that is not there, before and after. */
export function changed(before: Named | undefined, change: Change): Named | undefined {
  if ("gone" in change) return undefined;
  if ("is" in change) return change.is;
  if (!before) return undefined;
  if ("set" in change) return { ...before, ...change.set };
  return { ...before, labels: relabelled((before as Task).labels, change) };
}

/** A task's labels once some were added at the end and some taken away. */
export function relabelled(
  labels: readonly string[],
  { add, remove }: Pick<Relabelled, "add" | "remove">,
): string[] {
  return [...new Set([...labels, ...add])].filter((id) => !remove.includes(id));
}

/** The objects that a change speaks of beside its own: they have to be there before it is sent. */
export function namedBy(change: Change): readonly Key[] {
  if (change.kind !== "task") return [];
  if ("add" in change) return change.add.map((id) => keyOf("label", id));
  const fields: Partial<Task> = "is" in change ? change.is : "set" in change ? change.set : {};
  return [
    ...(fields.project ? [keyOf("project", fields.project)] : []),
    ...(fields.parent ? [keyOf("task", fields.parent)] : []),
    ...(fields.labels ?? []).map((id) => keyOf("label", id)),
  ];
}
