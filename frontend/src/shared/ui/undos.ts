import { text } from "@/shared/text";
import { views } from "@/shared/text/views";

import { dismissToast, rewordToast, showToast } from "./toasts";

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

/** What one gesture did. */
interface Undo {
  /** What of it is there to be taken back, as it was done; the first says what it was. */
  parts: readonly Deed[];
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
    if (this.#parts) this.#parts.push(deed);
    else this.#add(deed, [deed]);
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
    if (first) this.#add(first, parts);
  }

  /** Takes back what was done last, and says what that was; false where nothing is left. */
  takeLast(): boolean {
    const undo = this.#undos.at(-1);
    const first = undo?.parts[0];
    if (!undo || !first) return false;
    this.#takeBack(undo);
    if (undo.toast !== null) dismissToast(undo.toast);
    if (!first.tellsItself) showToast({ message: views.undoneWhat(first.says) });
    return true;
  }

  /**
   * An operation was refused, or taken back by its name: it is not offered any more. What else the same gesture did
   * still is, and says itself what that was.
   */
  forget(opId: string): void {
    for (const undo of this.#undos) {
      const left = undo.parts.filter(({ ops }) => !ops.includes(opId));
      if (left.length === undo.parts.length) continue;
      undo.parts = left;
      if (undo.toast === null) continue;
      const [first] = left;
      if (first) rewordToast(undo.toast, first.says);
      else dismissToast(undo.toast);
    }
    this.#undos = this.#undos.filter(({ parts }) => parts.length > 0);
  }

  /** Whoever comes next has done nothing yet, and is offered nothing. */
  clear(): void {
    for (const { toast } of this.#undos) if (toast !== null) dismissToast(toast);
    this.#undos = [];
  }

  #add({ says, quiet }: Deed, parts: readonly Deed[]): void {
    const run = () => {
      this.#takeBack(undo);
    };
    const toast = quiet
      ? null
      : showToast({ message: says, action: { label: text.toasts.undo, run } });
    const undo: Undo = { parts, toast };
    this.#undos = [...this.#undos, undo].slice(-MOST);
  }

  #takeBack(undo: Undo): void {
    this.#undos = this.#undos.filter((other) => other !== undo);
    for (const part of [...undo.parts].reverse()) part.takeBack();
  }
}

export const undos = new Undos();
