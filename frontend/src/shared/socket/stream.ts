import { Alarms } from "@/shared/lib/alarms";

import { Acks } from "./acks";
import {
  type ClientFrame,
  CLOSE,
  type Cursor,
  parseServerFrame,
  type ServerFrame,
  type SnapshotItem,
  type StreamEvent,
} from "./frames";
import * as limits from "./limits";
import { Place } from "./place";
import { Proof } from "./proof";
import type { ConnectionState, Socket, StopReason, StreamOptions } from "./types";
import { Waits } from "./waits";

/**
 * One user's stream of events over one socket after another. It keeps the place in the stream and
 * comes back to it after every kind of loss; what its handlers get has no gap and nothing twice.
 */
export class Stream {
  readonly #options: StreamOptions;
  readonly #alarms: Alarms<"retry" | "silence" | "offline" | "behind">;
  readonly #acks: Acks;
  readonly #proof: Proof;
  readonly #waits: Waits;
  readonly #place = new Place();
  #socket: Socket | null = null;
  #running = false;
  #state: ConnectionState = "connecting";
  #helloAt = 0;
  #heardAt = 0;
  #liveSince: number | null = null;
  #lostSince: number | null = null;

  constructor(options: StreamOptions) {
    this.#options = options;
    this.#alarms = new Alarms(options.timers);
    this.#acks = new Acks(new Alarms(options.timers), options.random, (seq) => {
      this.#send({ type: "ack", seq });
    });
    this.#proof = new Proof(options.isOurs);
    this.#waits = new Waits(options);
  }

  get cursor(): Cursor | null {
    return this.#place.cursor;
  }

  /** Takes up a place of an earlier visit: what it held is known already. Before `start`. */
  startAt(cursor: Cursor): void {
    if (!this.#running) this.#place.cursor = cursor;
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

  /** The network or the server is back, or the tab is looked at again: no reason to wait. */
  wake(): void {
    if (!this.#running) return;
    if (this.#socket) {
      if (this.#options.timers.now() - this.#heardAt <= limits.SILENCE_ON_WAKE_MS) return;
      this.#lost();
    }
    this.#waits.startOver();
    this.#connect();
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
    this.#place.reconnect();
    this.#proof.reset();
    this.#heard(limits.WELCOME_LIMIT_MS);
    socket.onopen = () => {
      this.#helloAt = this.#options.timers.now();
      const { epoch, seq } = this.cursor ?? { epoch: null, seq: null };
      this.#send({ type: "hello", since: seq, epoch });
    };
    socket.onmessage = ({ data }) => {
      this.#heard(limits.SILENCE_LIMIT_MS);
      let frame: ServerFrame | null;
      this.#acks.heard(data);
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
    if (this.#proof.holds(frame)) return;
    switch (frame.type) {
      case "welcome":
        this.#place.welcome(frame.epoch, frame.resumed);
        if (frame.epoch !== this.cursor?.epoch) void this.#prove();
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
        this.#watchHead(frame.head);
        return;
      case "bye":
        this.#waits.askFor((frame.retry_after_s ?? 0) * 1_000);
        this.#closed(frame.code);
        return;
    }
  }

  /** Goes on with an unknown history only if it is this viewer's. */
  async #prove(): Promise<void> {
    const socket = this.#socket;
    const { whose, held } = await this.#proof.ask();
    if (!socket || this.#socket !== socket) return;
    if (whose === "unknown") this.#lost();
    if (whose === "theirs") this.#end("session");
    for (const frame of held) {
      // What was refused, or a frame before this one, may have cost the connection.
      if (this.#socket === socket) this.#take(frame);
    }
  }

  /** The server is ahead; if nothing comes of it, the connection is no good. */
  #watchHead(head: number): void {
    const heardAt = this.#heardAt;
    this.#alarms.set("behind", limits.BEHIND_LIMIT_MS, () => {
      const seq = this.cursor?.seq ?? head;
      if (this.#place.joined && seq < head && this.#heardAt === heardAt) this.#lost();
    });
  }

  #takeSnapshot(seq: number, items: readonly SnapshotItem[], done: boolean): void {
    const all = this.#place.collect(seq, items, done);
    const { cursor } = this;
    if (!all || !cursor) return;
    this.#acks.startAt(seq);
    this.#options.handlers.snapshot(cursor, all);
    this.#live();
  }

  #takeEvents(items: readonly StreamEvent[]): void {
    if (items.some(({ stream }) => stream !== this.#options.name)) {
      this.#end("session");
      return;
    }
    const { fresh, sound } = this.#place.follow(items);
    const last = fresh.at(-1);
    if (last) {
      this.#options.handlers.events(fresh);
      this.#acks.arrived(last.seq);
    }
    if (!sound) this.#lost();
  }

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
        if (code >= CLOSE.firstTerminal) this.#end("protocol");
        else this.#retry();
    }
  }

  async #askForSession(): Promise<void> {
    this.#setState(this.#stateWithoutSocket());
    // Without an answer the session is taken to be there: the server will say otherwise.
    const ours = await this.#options.isOurs().catch(() => true);
    if (!this.#running || this.#socket) return;
    if (ours) this.#retry();
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
    const now = this.#options.timers.now();
    const held = this.#liveSince !== null && now - this.#liveSince >= limits.STABLE_MS;
    if (held) this.#waits.startOver();
    this.#liveSince = null;
    this.#lostSince ??= now;
    this.#setState(this.#stateWithoutSocket());
    this.#alarms.set(
      "offline",
      Math.max(0, this.#lostSince + limits.OFFLINE_AFTER_MS - now),
      () => {
        this.#setState("offline");
      },
    );
    this.#alarms.set("retry", this.#waits.next(), () => {
      this.#connect();
    });
  }

  #stateWithoutSocket(): ConnectionState {
    if (!this.#options.isOnline() || this.#state === "offline") return "offline";
    return this.#state === "connecting" ? "connecting" : "reconnecting";
  }

  #heard(limitMs: number): void {
    this.#heardAt = this.#options.timers.now();
    this.#alarms.set("silence", limitMs, () => {
      this.#lost();
    });
  }

  /** Lets go of the socket; nothing it still says is heard. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#alarms.clear("silence");
    this.#acks.pause();
    this.#alarms.clear("behind");
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
