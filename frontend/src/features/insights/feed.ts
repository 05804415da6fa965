import { explain } from "@/shared/api/errors";
import type { Tagged } from "@/shared/api/http";
import type { Insights } from "@/shared/api/types";
import { Alarms } from "@/shared/lib/alarms";
import { SECOND_MS } from "@/shared/lib/durations";
import { Observable } from "@/shared/lib/observable";
import type { Timers } from "@/shared/lib/timers";

/** Changes come in flocks; the last of one is waited for so long. */
export const SETTLE_MS = SECOND_MS;
/** However often something changes, it is not asked more often than this. */
export const GAP_MS = 5 * SECOND_MS;
/** After a question that was not answered. */
export const RETRY_MS = 15 * SECOND_MS;

export interface FeedState {
  /** The last answer; null before the first. */
  readonly insights: Insights | null;
  /** Why there is no newer one, in words; null where there is none to be had. */
  readonly failed: string | null;
  /** How often the server has counted, though it may have found the same. */
  readonly answers: number;
}

interface FeedOptions {
  readonly read: (known: string | null) => Promise<Tagged<Insights> | null>;
  readonly timers: Timers;
  /** Whether anybody looks. Who does not is told of nothing until `changed` says that they do. */
  readonly isSeen: () => boolean;
}

/**
 * The aggregate, asked for again when something has changed and never otherwise. The stream says
 * when; what the server then finds the same is not sent again.
 */
export class Feed {
  readonly state = new Observable<FeedState>({ insights: null, failed: null, answers: 0 });
  readonly #options: FeedOptions;
  readonly #alarms: Alarms<"ask">;
  #tag: string | null = null;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking = false;
  #wanted = false;
  #running = false;

  constructor(options: FeedOptions) {
    this.#options = options;
    this.#alarms = new Alarms(options.timers);
  }

  /** Asks at once, and from then on as told. Returns how to stop; what is known by then is kept for the next start. */
  start(): () => void {
    this.#running = true;
    if (this.#asking) this.#wanted = true;
    else void this.#ask();
    return () => {
      this.#running = false;
      this.#alarms.clearAll();
    };
  }

  /** Something has changed that may show. */
  changed = (): void => {
    this.#wanted = true;
    if (!this.#running || this.#asking || !this.#options.isSeen()) return;
    const sinceAsked = this.#options.timers.now() - this.#askedAt;
    // A flock that never ends is asked about all the same.
    if (this.#alarms.isSet("ask") && sinceAsked >= GAP_MS) return;
    this.#alarms.set("ask", Math.max(SETTLE_MS, GAP_MS - sinceAsked), () => void this.#ask());
  };

  /** Asks now, as somebody wishes. */
  retry = (): void => {
    if (!this.#asking) void this.#ask();
  };

  async #ask(): Promise<void> {
    this.#alarms.clear("ask");
    this.#asking = true;
    this.#wanted = false;
    this.#askedAt = this.#options.timers.now();
    const { insights } = this.state.get();
    try {
      const found = await this.#options.read(this.#tag);
      this.#tag = found?.tag ?? this.#tag;
      this.#answered(found?.body ?? insights, null);
    } catch (error) {
      this.#answered(insights, explain(error));
    }
  }

  #answered(insights: Insights | null, failed: string | null): void {
    this.#asking = false;
    const { answers } = this.state.get();
    this.state.set({ insights, failed, answers: failed === null ? answers + 1 : answers });
    if (!this.#running) return;
    if (failed !== null) this.#alarms.set("ask", RETRY_MS, () => void this.#ask());
    else if (this.#wanted) this.changed();
  }
}
