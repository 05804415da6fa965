import type { KeyboardEvent, RefObject } from "react";

const REACHABLE = ["A", "BUTTON", "INPUT", "TEXTAREA"];

/** Keeps Tab within an open sheet: what lies under it is out of reach. */
export function trapTab(event: KeyboardEvent, sheet: RefObject<HTMLElement | null>): void {
  if (event.key !== "Tab" || event.defaultPrevented) return;
  const within = [...(sheet.current?.querySelectorAll<HTMLElement>("*") ?? [])];
  const reachable = within.filter(({ tagName }) => REACHABLE.includes(tagName));
  const [first, last] = [reachable[0], reachable.at(-1)];
  const at = document.activeElement;
  const [edge, turn] = event.shiftKey ? [first, last] : [last, first];
  if (at !== edge && !(event.shiftKey && at === sheet.current)) return;
  event.preventDefault();
  turn?.focus();
}
