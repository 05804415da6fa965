import type { ServerFrame } from "./frames";

type Whose = "ours" | "theirs" | "unknown";

/**
 * Holds back what an unknown history brings until it is known whose it is. It may be another
 * person's, who has signed in since in another window: the windows of a browser share one session.
 */
export class Proof {
  readonly #isOurs: () => Promise<boolean>;
  #held: ServerFrame[] | null = null;

  constructor(isOurs: () => Promise<boolean>) {
    this.#isOurs = isOurs;
  }

  /** Asks whose the history is. What came meanwhile comes with the answer. */
  async ask(): Promise<{ whose: Whose; held: readonly ServerFrame[] }> {
    const held: ServerFrame[] = [];
    this.#held = held;
    const whose = await this.#isOurs().then(
      (ours) => (ours ? "ours" : "theirs"),
      () => "unknown" as const,
    );
    // A later connection may have begun to ask anew.
    if (this.#held === held) this.#held = null;
    return { whose, held };
  }

  /** Whether the frame has to wait; if so it is kept. */
  holds(frame: ServerFrame): boolean {
    if (!this.#held || (frame.type !== "snapshot" && frame.type !== "events")) return false;
    this.#held.push(frame);
    return true;
  }

  reset(): void {
    this.#held = null;
  }
}
