/** One fact in a user's stream. `data` holds the whole object, under its own name. */
export interface StreamEvent {
  readonly v: number;
  readonly stream: string;
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly at: string;
  readonly actor: unknown;
  readonly op_id: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

export interface SnapshotItem {
  readonly kind: string;
  readonly data: unknown;
}

/** A place in a stream's history. `seq` means nothing without its `epoch`. */
export interface Cursor {
  readonly epoch: string;
  readonly seq: number;
}

export type ServerFrame =
  | {
      readonly type: "welcome";
      readonly epoch: string;
      readonly head: number;
      readonly server_time: string;
      readonly resumed: boolean;
    }
  | {
      readonly type: "snapshot";
      readonly seq: number;
      readonly items: readonly SnapshotItem[];
      readonly done: boolean;
    }
  | {
      readonly type: "events";
      readonly from: number;
      readonly to: number;
      readonly items: readonly StreamEvent[];
    }
  | { readonly type: "ping"; readonly head: number; readonly t: string | number }
  | {
      readonly type: "bye";
      readonly code: number;
      readonly reason: string;
      readonly retry_after_s: number | null;
    };

export type ClientFrame =
  | { readonly type: "hello"; readonly since: number | null; readonly epoch: string | null }
  | { readonly type: "ack"; readonly seq: number }
  | { readonly type: "pong" };

/** Close codes of the protocol, version 1. From `firstTerminal` on, coming back is no use. */
export const CLOSE = {
  tooSlow: 4008,
  resync: 4010,
  restart: 4012,
  firstTerminal: 4500,
  notAuthenticated: 4500,
  protocolError: 4501,
  sessionEnded: 4503,
  tooManySockets: 4504,
} as const;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a frame. Null for one of a type not known here: an old tab must survive a newer server.
 * Throws on what is no frame at all.
 */
export function parseServerFrame(data: unknown): ServerFrame | null {
  if (typeof data !== "string") throw new TypeError("a frame must be text");
  const frame: unknown = JSON.parse(data);
  if (!isFields(frame) || typeof frame.type !== "string") {
    throw new TypeError("a frame must be an object with a type");
  }
  const holds = checks[frame.type];
  if (!holds) return null;
  if (!holds(frame)) throw new TypeError(`a ${frame.type} frame lacks what it must hold`);
  return (frame.type === "bye"
    ? { retry_after_s: null, ...frame }
    : frame) as unknown as ServerFrame;
}

const checks: Readonly<Record<string, (frame: Fields) => boolean>> = {
  welcome: (frame) =>
    typeof frame.epoch === "string" &&
    typeof frame.head === "number" &&
    typeof frame.resumed === "boolean",
  snapshot: (frame) => typeof frame.seq === "number" && Array.isArray(frame.items),
  events: (frame) => Array.isArray(frame.items) && frame.items.every(isEvent),
  ping: () => true,
  bye: (frame) => typeof frame.code === "number",
};

function isEvent(item: unknown): boolean {
  return (
    isFields(item) &&
    typeof item.seq === "number" &&
    typeof item.type === "string" &&
    isFields(item.data)
  );
}

export function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
