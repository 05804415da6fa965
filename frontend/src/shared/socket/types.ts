import type { Timers } from "@/shared/lib/timers";

import type { Cursor, SnapshotItem, StreamEvent } from "./frames";

export type ConnectionState = "connecting" | "live" | "reconnecting" | "offline" | "stopped";
export type StopReason = "session" | "protocol" | "crowded";

/** The part of the platform's WebSocket that is used. */
export interface Socket {
  onopen: ((event: never) => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(data: string): void;
  close(code?: number): void;
}

export interface StreamHandlers {
  connection(state: ConnectionState): void;
  /** A whole snapshot: what was known before is void. */
  snapshot(cursor: Cursor, items: readonly SnapshotItem[]): void;
  /** Events in order, each exactly once, without a gap. */
  events(events: readonly StreamEvent[]): void;
  /** The server said how far the stream reaches; called before what follows from it. */
  head(seq: number): void;
  /** A reading of the server's clock; `askedAt` on this machine's clock, null if unasked. */
  serverTime(time: number, askedAt: number | null): void;
  /** The end: nothing more will come until `start` is called again. */
  stopped(reason: StopReason): void;
}

export interface StreamOptions {
  readonly url: string;
  readonly openSocket: (url: string) => Socket;
  readonly timers: Timers;
  readonly random: () => number;
  readonly isOnline: () => boolean;
  /** Whether the page is being looked at. */
  readonly isSeen: () => boolean;
  /** The stream that is meant; events of any other end this one. */
  readonly name: string;
  /** Whether the session that the browser would connect with is still that of this stream. */
  readonly isOurs: () => Promise<boolean>;
  readonly handlers: StreamHandlers;
}
