import { afterEach, beforeEach, vi } from "vitest";

import type { Task } from "@/shared/api/types";
import { systemTimers } from "@/shared/lib/timers";
import type { Cursor, SnapshotItem, StreamEvent } from "@/shared/socket/frames";
import { Stream } from "@/shared/socket/stream";
import type { ConnectionState, StopReason } from "@/shared/socket/types";

import { FakeSocket } from "./FakeSocket";
import type { Told } from "./scripted";
import { iso, makeEvent, makeTask, NOW } from "./tasks";

const task = makeTask({ id: "a" });

export const welcome = (fields: object = {}) => ({
  type: "welcome",
  epoch: "e1",
  head: 7,
  server_time: iso(),
  resumed: false,
  ...fields,
});

export const events = (...seqs: number[]) => ({
  type: "events",
  from: seqs[0],
  to: seqs.at(-1),
  items: seqs.map((seq) => makeEvent(seq, "task.updated", task)),
});

export const snapshot = (seq: number, fields: object = {}) => ({
  type: "snapshot",
  seq,
  items: [{ kind: "task", data: task }],
  done: true,
  ...fields,
});

/** Lets what was asked be answered. */
export const settle = () => vi.advanceTimersByTimeAsync(0);

/** A stream over fake sockets in fake time, and all that it told. Anew for each test. */
export class StreamHarness {
  readonly states: ConnectionState[] = [];
  readonly snapshots: { cursor: Cursor; items: readonly SnapshotItem[] }[] = [];
  readonly got: StreamEvent[] = [];
  readonly stops: StopReason[] = [];
  /** Snapshots and events in the order in which they were told. */
  readonly told: Told[] = [];
  random = 1;
  online = true;
  seen = false;
  ours = () => Promise.resolve(true);
  readonly stream = new Stream({
    url: "ws://test/ws/v1/stream",
    openSocket: FakeSocket.open,
    timers: systemTimers,
    random: () => this.random,
    isOnline: () => this.online,
    isSeen: () => this.seen,
    name: "s",
    isOurs: () => this.ours(),
    handlers: {
      connection: (state) => this.states.push(state),
      snapshot: (cursor, items) => {
        this.snapshots.push({ cursor, items });
        this.told.push({ snapshot: items.map(({ data }) => (data as Task).id), at: cursor });
      },
      events: (fresh) => {
        this.got.push(...fresh);
        const epoch = this.stream.cursor?.epoch ?? "";
        this.told.push(...fresh.map(({ seq, type }) => ({ event: type, at: { epoch, seq } })));
      },
      head: () => undefined,
      serverTime: () => undefined,
      stopped: (reason) => this.stops.push(reason),
    },
  });

  get seqs(): number[] {
    return this.got.map(({ seq }) => seq);
  }

  /** Brings the stream to life at `seq`. */
  async goLive(seq = 7): Promise<FakeSocket> {
    const socket = FakeSocket.last;
    socket.accept();
    socket.say(welcome({ head: seq }));
    socket.say(snapshot(seq));
    await settle();
    return socket;
  }
}

/** Starts a stream before each test and stops it afterwards. */
export function withStream(): { readonly current: StreamHarness } {
  const holder = { current: undefined as unknown as StreamHarness };
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW });
    FakeSocket.reset();
    holder.current = new StreamHarness();
    holder.current.stream.start();
  });
  afterEach(() => {
    holder.current.stream.stop();
  });
  return holder;
}
