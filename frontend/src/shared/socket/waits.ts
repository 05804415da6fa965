import { type Backoff, fullJitterMs } from "@/shared/lib/backoff";

import type { StreamOptions } from "./types";

const BACKOFF: Backoff = { baseMs: 500, capMs: 30_000 };
/** Whoever looks at the page does not wait half a minute for a server that is back. */
const SEEN_BACKOFF: Backoff = { ...BACKOFF, capMs: 5_000 };

/** How long to wait before each try for a new connection. */
export class Waits {
  readonly #options: Pick<StreamOptions, "random" | "isSeen">;
  #tries = 0;
  #floorMs = 0;

  constructor(options: Pick<StreamOptions, "random" | "isSeen">) {
    this.#options = options;
  }

  startOver(): void {
    this.#tries = 0;
  }

  /** The server's wish for the next wait. */
  askFor(ms: number): void {
    this.#floorMs = ms;
  }

  next(): number {
    const { random, isSeen } = this.#options;
    // The wish is a floor; the jitter comes on top, so that not all arrive together.
    const backoff = isSeen() ? SEEN_BACKOFF : BACKOFF;
    const wait = this.#floorMs + fullJitterMs(backoff, this.#tries, random);
    this.#floorMs = 0;
    this.#tries += 1;
    return wait;
  }
}
