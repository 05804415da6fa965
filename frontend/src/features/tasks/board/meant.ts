import { rowOf } from "../frame/rows";
import { isInOpenTask } from "./busy";
import type { Hands } from "./hands";
import { cardOf, openId } from "./lists";

/**
 * The tasks that a key, or the palette, is about while the focus is `at` something: the open task that it lies in, or
 * else all that is marked, in the order in which they stand, or else the one that it stands for, or else the open one.
 */
export function meantIds(
  at: Element | null,
  { lists, selection }: Pick<Hands, "lists" | "selection">,
): readonly string[] {
  const open = openId();
  if (open !== null && isInOpenTask(at)) return [open];
  if (selection.ids.get().size > 0) return lists.ids().filter((id) => selection.has(id));
  const one = cardOf(at) ?? rowOf(at)?.dataset.task ?? open;
  return one === null ? [] : [one];
}
