const TYPED_INTO = "input, textarea, select, [contenteditable]";
const CHOSEN_FROM = "select, [type=radio], [type=checkbox], [type=range], [type=file]";
const ON_TOP = "dialog, [role=menu], [role=dialog]";
const OPEN_TASK = "[data-detail]";

/** Whether something is typed there: letters are letters, then. */
function isTyping(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest(TYPED_INTO) !== null;
}

/** Whether a text has the focus, which has an undo of its own. */
export function isText(target: EventTarget | null): boolean {
  return isTyping(target) && !(target as Element).matches(CHOSEN_FROM);
}

/** Whether keys are somebody else's: of what is typed into, or of a menu or dialog. */
export function isBusy(target: EventTarget | null): boolean {
  return isTyping(target) || topOf(target) !== null;
}

/** Whether keys are the open task's: it, and nothing on top of it, has the focus. */
export function isInOpenTask(target: EventTarget | null): boolean {
  if (isTyping(target) || !(target instanceof Element)) return false;
  return target.closest(`${ON_TOP}, ${OPEN_TASK}`)?.matches(OPEN_TASK) === true;
}

/** Whether keys are a menu's or dialog's; an open task is none, though it may lie over the board. */
export function isOverlaid(target: EventTarget | null): boolean {
  return topOf(target)?.matches(OPEN_TASK) === false;
}

function topOf(target: EventTarget | null): Element | null {
  return target instanceof Element ? target.closest(ON_TOP) : null;
}
