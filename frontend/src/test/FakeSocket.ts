import type { Socket } from "@/shared/socket/types";

/** A socket whose other end is the test. */
export class FakeSocket implements Socket {
  static readonly all: FakeSocket[] = [];
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  readonly sent: unknown[] = [];
  closed = false;

  static reset(): void {
    FakeSocket.all.length = 0;
  }

  /** The one opened last. */
  static get last(): FakeSocket {
    const last = FakeSocket.all.at(-1);
    if (!last) throw new Error("no socket was opened");
    return last;
  }

  static open = (): FakeSocket => {
    const socket = new FakeSocket();
    FakeSocket.all.push(socket);
    return socket;
  };

  send(data: string): void {
    this.sent.push(JSON.parse(data));
  }

  close(): void {
    this.closed = true;
  }

  accept(): void {
    this.onopen?.(undefined as never);
  }

  say(frame: object): void {
    this.sayText(JSON.stringify(frame));
  }

  sayText(data: unknown): void {
    this.onmessage?.({ data });
  }

  hangUp(code = 1006): void {
    this.onclose?.({ code });
  }
}
