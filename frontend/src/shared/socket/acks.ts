import type { Alarms } from "@/shared/lib/alarms";

/** The server stops sending at 1,000 unacknowledged events, or 256 KB; acks stay well below. */
const ACK_EVERY = 200;
const ACK_EVERY_CHARS = 65_536;
const ACK_AFTER_MS = 2_000; // and up to as long again by chance: what all got at once, they do not answer at once

/** Tells the server what has arrived: after a while, or at once when it is much. */
export class Acks {
  readonly #alarms: Alarms<"ack">;
  readonly #random: () => number;
  readonly #send: (seq: number) => void;
  #seq = 0;
  #acked = 0;
  #chars = 0;

  constructor(alarms: Alarms<"ack">, random: () => number, send: (seq: number) => void) {
    this.#random = random;
    this.#alarms = alarms;
    this.#send = send;
  }

  /** A place that the server has given counts as acknowledged. */
  startAt(seq: number): void {
    this.#seq = this.#acked = seq;
    this.#chars = 0;
  }

  /** A frame has come; what it brings is told by `arrived`. */
  heard(data: unknown): void {
    this.#chars += String(data).length;
  }

  arrived(seq: number): void {
    this.#seq = seq;
    if (seq - this.#acked >= ACK_EVERY || this.#chars >= ACK_EVERY_CHARS) this.#ack();
    else if (!this.#alarms.isSet("ack"))
      this.#alarms.set("ack", ACK_AFTER_MS * (1 + this.#random()), this.#ack);
  }

  /** The connection is gone, and with it whom to tell. */
  pause(): void {
    this.#alarms.clear("ack");
  }

  #ack = (): void => {
    this.#alarms.clear("ack");
    if (this.#seq === this.#acked) return;
    this.#acked = this.#seq;
    this.#chars = 0;
    this.#send(this.#acked);
  };
}
