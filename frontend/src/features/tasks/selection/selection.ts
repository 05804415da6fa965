import { Observable } from "@/shared/lib/observable";

const NONE: ReadonlySet<string> = new Set();

/** Which cards are marked, to do one thing with all of them. */
export class Selection {
  readonly ids = new Observable<ReadonlySet<string>>(NONE);
  /** Where a range begins. */
  #anchor: string | null = null;
  /** What the last range marked, given back when it is drawn anew. */
  #range: readonly string[] = [];

  has(id: string): boolean {
    return this.ids.get().has(id);
  }

  toggle(id: string): void {
    const ids = new Set(this.ids.get());
    if (!ids.delete(id)) ids.add(id);
    this.#set(ids);
    this.#anchor = id;
    this.#range = [];
  }

  /** Marks all from where the range began to `id`, in the order in which they are shown. */
  extend(id: string, order: readonly string[]): void {
    const to = order.indexOf(id);
    const from = this.#anchor === null ? -1 : order.indexOf(this.#anchor);
    if (to === -1 || from === -1) {
      this.toggle(id);
      return;
    }
    const ids = new Set(this.ids.get());
    for (const one of this.#range) ids.delete(one);
    this.#range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
    for (const one of this.#range) ids.add(one);
    this.#set(ids);
  }

  /** Begins a range where the hand is, unless one was begun. */
  anchor(id: string): void {
    if (this.#anchor === null || !this.has(this.#anchor)) this.#anchor = id;
  }

  all(ids: readonly string[]): void {
    this.#set(new Set(ids));
    this.#range = [];
  }

  clear(): void {
    this.#set(NONE);
    this.#anchor = null;
    this.#range = [];
  }

  /** Lets go of what is not there any more. */
  keepOnly(there: (id: string) => boolean): void {
    const left = [...this.ids.get()].filter(there);
    if (left.length < this.ids.get().size) this.#set(new Set(left));
  }

  #set(ids: ReadonlySet<string>): void {
    this.ids.set(ids.size === 0 ? NONE : ids);
  }
}
