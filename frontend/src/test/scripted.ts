import { expect, vi } from "vitest";

import { CLOSE, type Cursor } from "@/shared/socket/frames";

import { FakeSocket } from "./FakeSocket";
import type { StreamHarness } from "./stream";

type Fields = Readonly<Record<string, unknown>>;

type Step =
  | { readonly server: Fields }
  | { readonly text: string }
  | { readonly client: Fields }
  | { readonly close: number }
  | { readonly leaves: keyof typeof LEAVES_WITHIN_MS };

interface Connection {
  readonly hello?: Fields;
  readonly refused?: true;
  /** How long after the connection before it this one may begin. */
  readonly not_before_s?: number;
  readonly steps: readonly Step[];
}

export type Told =
  | { readonly snapshot: readonly string[]; readonly at: Cursor }
  | { readonly event: string; readonly at: Cursor };

/** What is said on one connection after another, and what any client makes of it. */
export interface Scenario {
  readonly name: string;
  readonly connections: readonly Connection[];
  readonly changes: readonly Told[];
  /** The code that ends it for good; null if it goes on. */
  readonly ends: number | null;
}

const SESSION_CODES: readonly unknown[] = [CLOSE.notAuthenticated, CLOSE.sessionEnded];
/** Longer than anything that a client may wait for. */
const PATIENCE_MS = 120_000;
const STEP_MS = 50;
/** How soon the client is to leave: by what it heard, by what it missed, or by the silence alone. */
const LEAVES_WITHIN_MS = { "at once": 0, soon: 5_000, "at last": PATIENCE_MS };

/** Plays a scenario to a stream that was just started; the time is the test's. */
export async function play(scenario: Scenario, harness: StreamHarness): Promise<void> {
  let endedAt = Date.now();
  for (const [index, connection] of scenario.connections.entries()) {
    await until(() => FakeSocket.all.length > index, `connection ${index + 1}`);
    expect(FakeSocket.all).toHaveLength(index + 1);
    expect(Date.now() - endedAt).toBeGreaterThanOrEqual((connection.not_before_s ?? 0) * 1_000);
    await playConnection(connection, FakeSocket.last, harness);
    endedAt = Date.now();
  }
  await vi.advanceTimersByTimeAsync(0);
}

async function playConnection(
  { hello, refused, steps }: Connection,
  socket: FakeSocket,
  harness: StreamHarness,
): Promise<void> {
  if (refused) {
    socket.hangUp();
    return;
  }
  socket.accept();
  const heard = new Heard(socket);
  await heard.expect(hello ?? {});
  for (const step of steps) {
    if ("server" in step) {
      if (SESSION_CODES.includes(step.server.code)) harness.ours = () => Promise.resolve(false);
      heard.note(step.server);
      socket.say(step.server);
    } else if ("text" in step) socket.sayText(step.text);
    else if ("client" in step) await heard.expect(step.client);
    else if ("close" in step) socket.hangUp(step.close);
    else await until(() => socket.closed, "leaving", LEAVES_WITHIN_MS[step.leaves]);
    await vi.advanceTimersByTimeAsync(0);
    heard.check();
  }
}

/** What the client says on one connection. An ack may come whenever it likes. */
class Heard {
  readonly #socket: FakeSocket;
  #read = 0;
  #sentSeq = 0;
  #ackedSeq = 0;

  constructor(socket: FakeSocket) {
    this.#socket = socket;
  }

  /** Keeps in mind how far the server has told. */
  note(frame: Fields): void {
    const seq = frame.type === "events" ? frame.to : frame.type === "snapshot" ? frame.seq : 0;
    this.#sentSeq = Math.max(this.#sentSeq, Number(seq));
  }

  async expect(frame: Fields): Promise<void> {
    let found: Fields | undefined;
    do {
      await until(() => this.#socket.sent.length > this.#read, JSON.stringify(frame));
      found = this.#next();
    } while (found.type === "ack" && JSON.stringify(found) !== JSON.stringify(frame));
    expect(found).toEqual(frame);
  }

  /** Nothing but acks may come unasked; a pong that is due is taken by its own step. */
  check(): void {
    while (this.#socket.sent.length > this.#read) {
      const frame = this.#socket.sent[this.#read] as Fields;
      if (frame.type !== "ack") return;
      this.#next();
    }
  }

  #next(): Fields {
    const frame = this.#socket.sent[this.#read] as Fields;
    this.#read += 1;
    if (frame.type === "ack") {
      expect(frame.seq).toBeGreaterThan(this.#ackedSeq);
      expect(frame.seq).toBeLessThanOrEqual(this.#sentSeq);
      this.#ackedSeq = Number(frame.seq);
    }
    return frame;
  }
}

async function until(
  condition: () => boolean,
  what: string,
  patienceMs = PATIENCE_MS,
): Promise<void> {
  const giveUp = Date.now() + patienceMs;
  while (!condition()) {
    if (Date.now() >= giveUp) throw new Error(`no ${what}`);
    await vi.advanceTimersByTimeAsync(STEP_MS);
  }
}
