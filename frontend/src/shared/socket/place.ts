import type { Cursor, SnapshotItem, StreamEvent } from "./frames";

/** Where a client stands in its stream, and what has come of a snapshot that is under way. */
export class Place {
  /** The last sound place; what comes next has to follow it. */
  cursor: Cursor | null = null;
  #epoch: string | null = null;
  #joined = false;
  #page: SnapshotItem[] = [];
  #pageSeq: number | null = null;
  #gapAt: number | null = null;

  /** Whether events follow the cursor on this connection. */
  get joined(): boolean {
    return this.#joined;
  }

  /** Drops what is not whole. */
  reconnect(): void {
    this.#joined = false;
    this.#epoch = this.#pageSeq = null;
  }

  /** Learns which history it is. */
  welcome(epoch: string, resumed: boolean): void {
    this.#epoch = epoch;
    this.#joined = resumed && epoch === this.cursor?.epoch;
  }

  /** Collects some of a snapshot. Returns all of it once it is whole. */
  collect(
    seq: number,
    items: readonly SnapshotItem[],
    done: boolean,
  ): readonly SnapshotItem[] | null {
    // With another seq it begins anew: history was trimmed while the server was reading.
    if (seq !== this.#pageSeq) this.#page = [];
    this.#pageSeq = seq;
    this.#page.push(...items);
    if (!done || this.#epoch === null) return null;
    this.cursor = { epoch: this.#epoch, seq };
    this.#joined = true;
    this.#gapAt = null;
    const all = this.#page;
    this.#page = [];
    return all;
  }

  /**
   * Of what has come, the events that follow without a gap, and whether they are sound to the end.
   * If the same place gaps twice, the place itself is bad: the next hello asks for a snapshot.
   */
  follow(items: readonly StreamEvent[]): { fresh: readonly StreamEvent[]; sound: boolean } {
    const fresh: StreamEvent[] = [];
    if (!this.cursor || !this.#joined) return { fresh, sound: false };
    let { seq } = this.cursor;
    let sound = true;
    for (const event of items) {
      if (event.seq <= seq) continue;
      sound = event.seq === seq + 1;
      if (!sound) break;
      seq = event.seq;
      fresh.push(event);
    }
    this.cursor = !sound && this.#gapAt === seq ? null : { ...this.cursor, seq };
    if (!sound) this.#gapAt = seq;
    return { fresh, sound };
  }
}
