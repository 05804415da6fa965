/** Beside letters: what a line that is typed, or a list that is gone along, understands. */
const NAMED = ["Enter", "Backspace", "ArrowDown", "ArrowUp"];

/**
 * What is typed for a part whose code is still on its way. It is the part's once that stands, and
 * never the page's behind it, where letters are commands.
 */
export class HeldKeys {
  private held: KeyboardEvent[] = [];

  /** Holds what is typed from now on. Returns how to end that. */
  hold(): () => void {
    document.addEventListener("keydown", this.take, { capture: true });
    return () => {
      document.removeEventListener("keydown", this.take, { capture: true });
    };
  }

  /** Gives what was typed to whatever has the focus now, key by key, as if it were pressed there. */
  give(): void {
    const keys = this.held;
    this.held = [];
    for (const key of keys) press(key);
  }

  private readonly take = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Escape") this.held = [];
    else if (event.key.length === 1 || NAMED.includes(event.key)) this.held.push(event);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
}

function press({ key, code, shiftKey }: KeyboardEvent): void {
  const at = document.activeElement;
  if (!at) return;
  const event = new KeyboardEvent("keydown", {
    key,
    code,
    shiftKey,
    bubbles: true,
    cancelable: true,
  });
  // What a browser does by itself it does for a person's keys only.
  if (!at.dispatchEvent(event)) return;
  if (at instanceof HTMLButtonElement) {
    if (key === "Enter" || key === " ") at.click();
  } else if (at instanceof HTMLInputElement || at instanceof HTMLTextAreaElement) {
    if (key === "Enter") at.form?.requestSubmit();
    else if (key === "Backspace") write(at, "", 1);
    else if (key.length === 1) write(at, key, 0);
  }
}

/** Writes at the caret, over what is marked and as many characters before it. */
function write(at: HTMLInputElement | HTMLTextAreaElement, typed: string, before: number): void {
  const [start, end] = [at.selectionStart ?? 0, at.selectionEnd ?? 0];
  at.setRangeText(typed, start === end ? Math.max(0, start - before) : start, end, "end");
  at.dispatchEvent(new InputEvent("input", { bubbles: true }));
}
