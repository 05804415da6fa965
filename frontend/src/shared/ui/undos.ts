import { text } from "@/shared/text";
import { views } from "@/shared/text/views";

import { dismissToast, showToast, toasts } from "./toasts";

/** Something that this window did and can take back. */
export interface Deed {
  /** The operations that it was. */
  readonly ops: readonly string[];
  /** What was done, as a sentence. */
  readonly says: string;
  /** No toast offers the way back: it was typed, and one would come with each pause. */
  readonly quiet?: true;
  /** The way back says itself how it went. */
  readonly tellsItself?: true;
  readonly takeBack: () => void;
}

interface Undo extends Deed {
  /** The toast that offers it; null where none does. */
  readonly toast: string | null;
}

/** As far as a person can be meant to remember. */
const MOST = 50;

/** What this window has done and can take back, by its toast or, the last first, by key. */
class Undos {
  #undos: readonly Undo[] = [];
  /** What is being done as one; null while nothing is. */
  #parts: Deed[] | null = null;

  offer(deed: Deed): void {
    if (this.#parts) {
      this.#parts.push(deed);
      return;
    }
    const { says, takeBack } = deed;
    const run = () => {
      this.#undos = this.#undos.filter((other) => other !== undo);
      takeBack();
    };
    if (!deed.quiet) showToast({ message: says, action: { label: text.toasts.undo, run } });
    const toast = deed.quiet ? null : (toasts.get().at(-1)?.id ?? null);
    const undo: Undo = { ...deed, takeBack: run, toast };
    this.#undos = [...this.#undos, undo].slice(-MOST);
  }

  /** What a person did with one gesture is taken back with one; what came of it first says what it was. */
  asOne(act: () => void): void {
    const parts: Deed[] = [];
    this.#parts = parts;
    try {
      act();
    } finally {
      this.#parts = null;
    }
    const [first] = parts;
    if (!first) return;
    const takeBack = () => {
      for (const part of [...parts].reverse()) part.takeBack();
    };
    this.offer({ ...first, ops: parts.flatMap(({ ops }) => ops), takeBack });
  }

  /** Takes back what was done last, and says what that was; false where nothing is left. */
  takeLast(): boolean {
    const undo = this.#undos.at(-1);
    if (!undo) return false;
    undo.takeBack();
    if (undo.toast !== null) dismissToast(undo.toast);
    if (!undo.tellsItself) showToast({ message: views.undoneWhat(undo.says) });
    return true;
  }

  /** An operation was taken back by its name: it is not offered a second time. */
  forget(opId: string): void {
    const gone = this.#undos.filter(({ ops }) => ops.includes(opId));
    this.#undos = this.#undos.filter((undo) => !gone.includes(undo));
    for (const { toast } of gone) if (toast !== null) dismissToast(toast);
  }

  /** Whoever comes next has done nothing yet. */
  clear(): void {
    this.#undos = [];
  }
}

export const undos = new Undos();
