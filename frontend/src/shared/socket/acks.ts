import type { Alarms } from "@/shared/lib/alarms";

/** The server stops sending at 1,000 unacknowledged events; acks stay well below. */
const ACK_EVERY = 200;
const ACK_AFTER_MS = 2_000;

/** Tells the server what has arrived: after a while, or at once when it is much. */
export class Acks {
  readonly #alarms: Alarms<"ack">;
  readonly #send: (seq: number) => void;
  #seq = 0;
  #acked = 0;

  constructor(alarms: Alarms<"ack">, send: (seq: number) => void) {
    this.#alarms = alarms;
    this.#send = send;
  }

  /** A place that the server has given counts as acknowledged. */
  startAt(seq: number): void {
    this.#seq = this.#acked = seq;
  }

  arrived(seq: number): void {
    this.#seq = seq;
    if (seq - this.#acked >= ACK_EVERY) this.#ack();
    else if (!this.#alarms.isSet("ack")) this.#alarms.set("ack", ACK_AFTER_MS, this.#ack);
  }

  /** The connection is gone, and with it whom to tell. */
  pause(): void {
    this.#alarms.clear("ack");
  }

  #ack = (): void => {
    this.#alarms.clear("ack");
    if (this.#seq === this.#acked) return;
    this.#acked = this.#seq;
    this.#send(this.#acked);
  };
}
