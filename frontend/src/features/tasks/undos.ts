import { views } from "@/shared/text/views";
import { text } from "@/shared/text";
import { dismissToast, showToast, toasts } from "@/shared/ui/toasts";

interface Undo {
  readonly run: () => void;
  /** The toast that offers it; null where none does. */
  readonly toast: string | null;
}

/** As far as a person can be meant to remember. */
const MOST = 50;

/** What this window has done and can take back, by its toast or, the last first, by key. */
export class Undos {
  #undos: Undo[] = [];

  /** `message` says what was done; null where it was typed, and a toast would come with each pause. */
  offer(message: string | null, takeBack: () => void): void {
    const run = () => {
      this.#undos = this.#undos.filter((other) => other !== undo);
      takeBack();
    };
    if (message !== null) showToast({ message, action: { label: text.toasts.undo, run } });
    const undo = { run, toast: message === null ? null : (toasts.get().at(-1)?.id ?? null) };
    this.#undos = [...this.#undos, undo].slice(-MOST);
  }

  /** Takes back what was done last; false where nothing is left. */
  takeLast(): boolean {
    const undo = this.#undos.at(-1);
    if (!undo) return false;
    undo.run();
    if (undo.toast !== null) dismissToast(undo.toast);
    showToast({ message: views.undone });
    return true;
  }
}
