import { type Bucket, BUCKETS } from "@/shared/store/bucket";

/** One bucket's cards, of which only those near the window's edge to edge are drawn. */
export interface List {
  readonly ids: readonly string[];
  /** Draws a card wherever it is, so that it can take the focus. */
  readonly reveal: (id: string) => void;
}

/** All cards in the order in which they are read, drawn or not. */
export class Lists {
  readonly #lists = new Map<Bucket, List>();

  put(bucket: Bucket, list: List): () => void {
    this.#lists.set(bucket, list);
    return () => {
      if (this.#lists.get(bucket) === list) this.#lists.delete(bucket);
    };
  }

  ids(bucket?: Bucket): readonly string[] {
    return (bucket ? [bucket] : BUCKETS).flatMap((one) => this.#lists.get(one)?.ids ?? []);
  }

  bucketOf(id: string): Bucket | undefined {
    return BUCKETS.find((bucket) => this.#lists.get(bucket)?.ids.includes(id));
  }

  /** The card `step` cards after this one; from nowhere the first. Null at either end. */
  beside(id: string | null, step: 1 | -1): string | null {
    const ids = this.ids();
    const at = id === null ? -1 : ids.indexOf(id);
    return (at === -1 ? ids[0] : ids[at + step]) ?? null;
  }

  /** The nearest card beside this one that is none of `those`, rather after it than before it. */
  nearest(id: string, those: ReadonlySet<string>): string | null {
    const ids = this.ids();
    const at = ids.indexOf(id);
    const stays = (one: string) => !those.has(one);
    return ids.slice(at + 1).find(stays) ?? ids.slice(0, Math.max(at, 0)).findLast(stays) ?? null;
  }

  /** Moves the focus to a card. */
  focus(id: string): boolean {
    const bucket = this.bucketOf(id);
    if (!bucket) return false;
    // Mostly it is there already: a drawing for nothing would be felt by whoever holds a key down.
    if (!titleOf(id)) this.#lists.get(bucket)?.reveal(id);
    const title = titleOf(id);
    title?.focus();
    return title !== null;
  }
}

function titleOf(id: string): HTMLElement | null {
  return document.querySelector(`main [data-travel="${CSS.escape(id)}"] [data-control="title"]`);
}

/** The task that lies open, beside the board or over it. */
export function openId(): string | null {
  return document.querySelector<HTMLElement>("[data-detail]")?.dataset.detail ?? null;
}

/** The card that has the focus, or that holds what has it. */
export function focusedId(): string | null {
  return cardOf(document.activeElement);
}

/** The card that something is, or that holds it. */
export function cardOf(what: Element | null): string | null {
  return what?.closest<HTMLElement>("main [data-travel]")?.dataset.travel ?? null;
}
