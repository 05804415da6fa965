import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import type { Write } from "@/shared/api/carryOut";
import { ApiError, NetworkError } from "@/shared/api/errors";
import type { Task } from "@/shared/api/types";
import { updateTask } from "@/shared/api/writes";
import { systemTimers } from "@/shared/lib/timers";
import { makeOperations, type Send } from "@/test/operations";
import { makeTask, NOW } from "@/test/tasks";

import type { Change } from "./change";
import { type Operation, Operations } from "./operations";
import type { TaskStore } from "./store";

const a = makeTask({ id: "a" });
const sessionEnded = vi.fn();
const reached = vi.fn();
const refused = vi.fn<(error: unknown) => void>();
let store: TaskStore;
let operations: Operations;
/** How each request of a test is answered. */
let sends: Map<Write, Send>;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  ({ store, operations, sends } = makeOperations([a], {
    refused: (_, error) => {
      refused(error);
    },
    reached,
    sessionEnded,
  }));
  refused.mockReset();
  sessionEnded.mockReset();
  reached.mockReset();
});

afterEach(() => {
  operations.stop();
});

function rename(opId: string, title: string, send: Send, id = "a"): void {
  const request = updateTask(id, { title });
  sends.set(request, send);
  const changes: Change[] = [{ kind: "task", id, set: { title } }];
  operations.submit({ opId, changes, request, tried: { what: "change", name: title } });
}

const answer = (fields: Partial<Task>) => Promise.resolve([{ ...a, version: 2, ...fields }]);
const no = (status: number, code = "", retryAfterMs: number | null = null) =>
  new ApiError({ status, code, message: "No.", retryAfterMs });
const settle = () => vi.advanceTimersByTimeAsync(0);

it("shows before it is sent, and holds what the server answered", async () => {
  rename("op", "mine", () => answer({ title: "Mine" }));
  expect(store.getTask("a")?.title).toBe("mine");
  await settle();
  expect(store.getTask("a")?.title).toBe("Mine");
  expect(store.countUnanswered()).toBe(0);
});

it("goes back and says why when refused", async () => {
  const error = no(400);
  rename("op", "mine", () => Promise.reject(error));
  await settle();
  expect(store.getTask("a")?.title).toBe(a.title);
  expect(refused).toHaveBeenCalledWith(error);
});

describe("after a passing trouble", () => {
  const troubles: readonly (readonly [string, Error])[] = [
    ["a lost connection", new NetworkError(null)],
    ["a server that restarts", no(503)],
    ["a twin under way", no(409, "operation_in_flight")],
  ];
  it.each(troubles)("%s: the same operation is sent again", async (_, trouble) => {
    const send = vi.fn<Send>().mockRejectedValueOnce(trouble);
    send.mockImplementation(() => answer({ title: "mine" }));
    rename("op", "mine", send);
    await settle();
    expect(store.getTask("a")?.title).toBe("mine");
    expect(store.countUnanswered()).toBe(1);
    expect(reached).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(500);
    expect(reached).toHaveBeenCalledTimes(1);
    expect(send.mock.calls).toEqual([["op"], ["op"]]);
    expect(store.countUnanswered()).toBe(0);
    expect(refused).not.toHaveBeenCalled();
  });

  it("waits as long as the server asks", async () => {
    const send = vi.fn<Send>().mockRejectedValue(no(429, "throttled", 7_000));
    rename("op", "mine", send);
    await vi.advanceTimersByTimeAsync(7_499);
    expect(send).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(1);
    expect(send).toHaveBeenCalledTimes(2);
  });

  it("is sent at once when the connection is back", async () => {
    const send = vi.fn<Send>().mockRejectedValueOnce(new NetworkError(null));
    send.mockImplementation(() => answer({}));
    rename("op", "mine", send);
    await settle();
    operations.wake();
    await settle();
    expect(send).toHaveBeenCalledTimes(2);
    expect(vi.getTimerCount()).toBe(0);
  });
});

it("sends what is asked of one task in order, of several at once", async () => {
  const sent: string[] = [];
  const slow = (opId: string) => {
    sent.push(opId);
    return new Promise<readonly Task[]>((resolve) => {
      setTimeout(() => {
        resolve([{ ...a, version: 2 }]);
      }, 100);
    });
  };
  rename("first", "1", slow);
  rename("second", "2", slow);
  rename("other", "3", slow, "b");
  expect(sent).toEqual(["first", "other"]);
  await vi.advanceTimersByTimeAsync(100);
  expect(sent).toEqual(["first", "other", "second"]);
});

it("goes on with the next after a refusal", async () => {
  rename("first", "1", () => Promise.reject(no(400)));
  rename("second", "2", () => answer({ title: "2" }));
  await settle();
  expect(store.getTask("a")?.title).toBe("2");
});

it("tells when the session is over, instead of blaming the change", async () => {
  rename("op", "mine", () => Promise.reject(no(401)));
  await settle();
  expect(sessionEnded).toHaveBeenCalledTimes(1);
  expect(refused).not.toHaveBeenCalled();
});

it("sends nothing any more once stopped", () => {
  const send = vi.fn<Send>();
  operations.stop();
  rename("op", "mine", send);
  expect(send).not.toHaveBeenCalled();
  expect(store.countUnanswered()).toBe(0);
});

it("hears nothing any more once stopped", async () => {
  rename("op", "mine", () => Promise.reject(no(400)));
  operations.stop();
  await settle();
  expect(refused).not.toHaveBeenCalled();
});

describe("what has waited for a day", () => {
  const sent = vi.fn<(headers: unknown) => Promise<readonly Task[]>>();
  const DAY = 86_400_000;
  const old = (opId: string, changes: readonly Change[], bases: Record<string, number>) => ({
    opId,
    changes,
    request: updateTask("a", { title: "old" }),
    tried: { what: "change", name: "a" } as const,
    madeAt: NOW - DAY,
    bases,
  });
  const renamed: Change = { kind: "task", id: "a", set: { title: "old" } };

  beforeEach(() => {
    sent.mockReset();
    operations = new Operations({
      store,
      timers: systemTimers,
      random: () => 1,
      now: () => NOW,
      send: (_request, _opId, headers) => sent(headers),
      refused: (_, error) => {
        refused(error);
      },
      reached,
      sessionEnded,
    });
  });

  it("is sent only for the version that it was made on", async () => {
    sent.mockImplementation(() => answer({}));
    operations.adopt([old("op", [renamed], { "task:a": 1 })]);
    await settle();
    expect(sent).toHaveBeenCalledWith({ "If-Match": '"1"' });
  });

  it("goes on from one's own change before it", async () => {
    sent.mockImplementation(() => answer({ version: 2 }));
    operations.adopt([
      old("one", [renamed], { "task:a": 1 }),
      old("two", [renamed], { "task:a": 1 }),
    ]);
    await settle();
    expect(sent.mock.calls).toEqual([[{ "If-Match": '"1"' }], [{ "If-Match": '"2"' }]]);
  });

  it("and meets what somebody changed since goes back, and says so", async () => {
    sent.mockImplementation(() => Promise.reject(no(412, "precondition_failed")));
    operations.adopt([old("op", [renamed], { "task:a": 1 })]);
    expect(store.getTask("a")?.title).toBe("old");
    await settle();
    expect(store.getTask("a")?.title).toBe(a.title);
    expect(refused.mock.calls[0]?.[0]).toMatchObject({ name: "Outdated" });
  });

  it("and was carried out then is over", async () => {
    sent.mockImplementation(() => Promise.reject(no(422, "idempotency_key_expired")));
    operations.adopt([old("op", [renamed], { "task:a": 1 })]);
    await settle();
    expect(refused).not.toHaveBeenCalled();
    expect(store.countUnanswered()).toBe(0);
  });

  it("concerns many and meets what was changed since is not sent", async () => {
    const other: Change = { kind: "task", id: "b", set: { title: "old" } };
    operations.adopt([old("op", [renamed, other], { "task:a": 1, "task:b": 1 })]);
    await settle();
    expect(sent).not.toHaveBeenCalled();
    expect(refused.mock.calls[0]?.[0]).toMatchObject({ name: "Outdated" });
  });
});

it("keeps what is asked in the journal until it is settled, over a lost session too", async () => {
  const journal = { add: vi.fn(), settled: vi.fn() };
  operations.keepIn(journal);
  rename("one", "1", () => answer({}));
  await settle();
  rename("two", "2", () => Promise.reject(no(400)));
  await settle();
  rename("three", "3", () => Promise.reject(no(401)));
  await settle();
  expect(journal.add).toHaveBeenCalledTimes(3);
  expect(journal.settled.mock.calls).toEqual([["one"], ["two"]]);
});

it("keeps in a journal that opens later what is not settled by then", async () => {
  const journal = { add: vi.fn<(operation: Operation) => void>(), settled: vi.fn() };
  rename("over", "0", () => answer({}), "b");
  rename("sent", "1", () => new Promise(() => undefined));
  rename("waits", "2", () => answer({}));
  await settle();
  operations.keepIn(journal);
  expect(journal.add.mock.calls.map(([{ opId }]) => opId)).toEqual(["sent", "waits"]);
});
