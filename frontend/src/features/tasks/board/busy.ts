const TYPED_INTO = "input, textarea, select, [contenteditable]";
const ON_TOP = "dialog, [role=menu], [role=dialog]";
const OPEN_TASK = "[data-detail]";

/** Whether something is typed there: letters are letters, then. */
export function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(TYPED_INTO) !== null;
}

/** Whether keys are somebody else's: of what is typed into, or of a menu or dialog. */
export function isBusy(target: EventTarget | null): boolean {
  return isTyping(target) || (target instanceof Element && target.closest(ON_TOP) !== null);
}

/** Whether keys are the open task's: it, and nothing on top of it, has the focus. */
export function isInOpenTask(target: EventTarget | null): boolean {
  if (!(target instanceof Element) || isTyping(target)) return false;
  return target.closest(`${ON_TOP}, ${OPEN_TASK}`)?.matches(OPEN_TASK) === true;
}
