import { Alarms } from "@/shared/lib/alarms";
import { type Backoff, fullJitterMs } from "@/shared/lib/backoff";

import {
  type ClientFrame,
  CLOSE,
  type Cursor,
  parseServerFrame,
  type ServerFrame,
  type SnapshotItem,
  type StreamEvent,
} from "./frames";
import type { ConnectionState, Socket, StopReason, StreamOptions } from "./types";

const BACKOFF: Backoff = { baseMs: 500, capMs: 30_000 };
/** The server pings each 25 s with jitter; two missed in a row mean that nobody is there. */
const SILENCE_LIMIT_MS = 60_000;
/** A tab that was asleep does not wait out the rest of the limit above. */
const SILENCE_ON_WAKE_MS = 35_000;
/** A connection that has held this long starts the backoff anew. */
const STABLE_MS = 5_000;
/** So long without a connection, and "Reconnecting" is no longer the honest word. */
const OFFLINE_AFTER_MS = 15_000;
/** The server stops sending at 1,000 unacknowledged events; acks stay well below. */
const ACK_EVERY = 200;
const ACK_AFTER_MS = 2_000;

/**
 * One user's stream of events over one socket after another. It keeps the place in the stream and
 * comes back to it after every kind of loss; what its handlers get has no gap and nothing twice.
 */
export class Stream {
  readonly #options: StreamOptions;
  readonly #alarms: Alarms<"retry" | "silence" | "ack" | "offline">;
  #cursor: Cursor | null = null;
  #epoch: string | null = null;
  #page: SnapshotItem[] = [];
  #socket: Socket | null = null;
  #running = false;
  #state: ConnectionState = "connecting";
  #attempt = 0;
  #retryAfterMs = 0;
  #helloAt = 0;
  #heardAt = 0;
  #liveSince: number | null = null;
  #lostSince: number | null = null;
  #gapAt: number | null = null;
  #acked = 0;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#alarms = new Alarms(options.timers);
  }

  get cursor(): Cursor | null {
    return this.#cursor;
  }

  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#connect();
  }

  stop(): void {
    this.#running = false;
    this.#drop();
    this.#alarms.clearAll();
  }

  /** The network is back, or the tab is looked at again: no reason to wait any longer. */
  wake(): void {
    if (!this.#running) return;
    if (!this.#socket) {
      this.#attempt = 0;
      this.#connect();
    } else if (this.#options.timers.now() - this.#heardAt > SILENCE_ON_WAKE_MS) {
      this.#lost();
    }
  }

  /** The network is gone; a socket that still looks open is not to be trusted. */
  sleep(): void {
    if (!this.#running) return;
    this.#setState("offline");
    if (this.#socket) this.#lost();
  }

  #connect(): void {
    this.#alarms.clear("retry");
    this.#drop();
    const socket = this.#options.openSocket(this.#options.url);
    this.#socket = socket;
    this.#page = [];
    this.#heard();
    socket.onopen = () => {
      this.#helloAt = this.#options.timers.now();
      const { epoch, seq } = this.#cursor ?? { epoch: null, seq: null };
      this.#send({ type: "hello", since: seq, epoch });
    };
    socket.onmessage = ({ data }) => {
      this.#heard();
      let frame: ServerFrame | null;
      try {
        frame = parseServerFrame(data);
      } catch {
        // Nothing sound can follow a broken frame on the same connection.
        this.#lost();
        return;
      }
      if (frame) this.#take(frame);
    };
    socket.onclose = ({ code }) => {
      this.#closed(code);
    };
  }

  #take(frame: ServerFrame): void {
    const { handlers } = this.#options;
    switch (frame.type) {
      case "welcome":
        this.#epoch = frame.epoch;
        handlers.serverTime(Date.parse(frame.server_time), this.#helloAt);
        handlers.head(frame.head);
        if (frame.resumed) this.#live();
        return;
      case "snapshot":
        this.#takeSnapshot(frame.seq, frame.items, frame.done);
        return;
      case "events":
        this.#takeEvents(frame.items);
        return;
      case "ping":
        this.#send({ type: "pong" });
        handlers.serverTime(typeof frame.t === "number" ? frame.t : Date.parse(frame.t), null);
        handlers.head(frame.head);
        // The head may be ahead of us only by what is on its way; the next ping would show it.
        return;
      case "bye":
        this.#retryAfterMs = (frame.retry_after_s ?? 0) * 1_000;
        this.#closed(frame.code);
        return;
    }
  }

  #takeSnapshot(seq: number, items: readonly SnapshotItem[], done: boolean): void {
    this.#page.push(...items);
    if (!done || this.#epoch === null) return;
    const all = this.#page;
    this.#page = [];
    this.#cursor = { epoch: this.#epoch, seq };
    this.#acked = seq;
    this.#options.handlers.snapshot(this.#cursor, all);
    this.#live();
  }

  #takeEvents(items: readonly StreamEvent[]): void {
    const cursor = this.#cursor;
    if (!cursor) {
      this.#lost();
      return;
    }
    let { seq } = cursor;
    const fresh: StreamEvent[] = [];
    let gap = false;
    for (const event of items) {
      if (event.seq <= seq) continue;
      gap = event.seq !== seq + 1;
      if (gap) break;
      seq = event.seq;
      fresh.push(event);
    }
    if (fresh.length > 0) {
      this.#cursor = { ...cursor, seq };
      this.#gapAt = null;
      this.#options.handlers.events(fresh);
      this.#acknowledge();
    }
    if (!gap) return;
    // Come back to the last sound place. If the same place gaps twice, the place itself is bad.
    if (this.#gapAt === seq) this.#cursor = null;
    this.#gapAt = seq;
    this.#lost();
  }

  #acknowledge(): void {
    if ((this.#cursor?.seq ?? 0) - this.#acked >= ACK_EVERY) this.#ack();
    else if (!this.#alarms.isSet("ack")) this.#alarms.set("ack", ACK_AFTER_MS, this.#ack);
  }

  #ack = (): void => {
    this.#alarms.clear("ack");
    if (!this.#cursor || this.#cursor.seq === this.#acked) return;
    this.#acked = this.#cursor.seq;
    this.#send({ type: "ack", seq: this.#acked });
  };

  #live(): void {
    this.#liveSince = this.#options.timers.now();
    this.#lostSince = null;
    this.#alarms.clear("offline");
    this.#setState("live");
  }

  #closed(code: number): void {
    this.#drop();
    if (!this.#running) return;
    switch (code) {
      case CLOSE.notAuthenticated:
      case CLOSE.sessionEnded:
        void this.#askForSession();
        return;
      case CLOSE.protocolError:
        this.#end("protocol");
        return;
      case CLOSE.tooManySockets:
        this.#end("crowded");
        return;
      default:
        this.#retry();
    }
  }

  async #askForSession(): Promise<void> {
    this.#setState(this.#stateWithoutSocket());
    // Without an answer the session is taken to be there: the server will say otherwise.
    const session = await this.#options.hasSession().catch(() => true);
    if (!this.#running || this.#socket) return;
    if (session) this.#retry();
    else this.#end("session");
  }

  #end(reason: StopReason): void {
    this.stop();
    this.#setState("stopped");
    this.#options.handlers.stopped(reason);
  }

  #lost(): void {
    this.#drop();
    this.#retry();
  }

  #retry(): void {
    const { timers, random } = this.#options;
    const now = timers.now();
    if (this.#liveSince !== null && now - this.#liveSince >= STABLE_MS) this.#attempt = 0;
    this.#liveSince = null;
    this.#lostSince ??= now;
    this.#setState(this.#stateWithoutSocket());
    this.#alarms.set("offline", Math.max(0, this.#lostSince + OFFLINE_AFTER_MS - now), () => {
      this.#setState("offline");
    });
    // The server's wish is a floor; the jitter comes on top, so that not all arrive together.
    const wait = this.#retryAfterMs + fullJitterMs(BACKOFF, this.#attempt, random);
    this.#retryAfterMs = 0;
    this.#attempt += 1;
    this.#alarms.set("retry", wait, () => {
      this.#connect();
    });
  }

  #stateWithoutSocket(): ConnectionState {
    if (!this.#options.isOnline() || this.#state === "offline") return "offline";
    return this.#state === "connecting" ? "connecting" : "reconnecting";
  }

  #heard(): void {
    this.#heardAt = this.#options.timers.now();
    this.#alarms.set("silence", SILENCE_LIMIT_MS, () => {
      this.#lost();
    });
  }

  /** Lets go of the socket; nothing it still says is heard. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#alarms.clear("silence");
    this.#alarms.clear("ack");
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  #send(frame: ClientFrame): void {
    this.#socket?.send(JSON.stringify(frame));
  }

  #setState(state: ConnectionState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#options.handlers.connection(state);
  }
}
