import { afterEach, beforeEach, expect, it, vi } from "vitest";

import type { Write } from "@/shared/api/carryOut";
import { ApiError } from "@/shared/api/errors";
import { createTask, updateTask } from "@/shared/api/writes";
import { makeOperations, type Send } from "@/test/operations";
import { makeTask, NOW } from "@/test/tasks";

import type { Change } from "./change";
import type { Operations } from "./operations";
import type { TaskStore } from "./store";

/** What becomes of the changes to a task that the server will not make. */

const a = makeTask({ id: "a" });
const made = makeTask({ id: "new", title: "Tea" });
/** What was refused, and the names of what went with it. */
const refused = vi.fn<(error: unknown, moot: readonly string[]) => void>();
const journal = { add: vi.fn(), settled: vi.fn<(opId: string) => void>() };
let store: TaskStore;
let operations: Operations;
/** How each request of a test is answered. */
let sends: Map<Write, Send>;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  ({ store, operations, sends } = makeOperations([a], {
    refused: (_, error, moot) => {
      refused(
        error,
        moot.map(({ opId }) => opId),
      );
    },
    reached: () => undefined,
    sessionEnded: () => undefined,
  }));
  operations.keepIn(journal);
  refused.mockReset();
  journal.settled.mockReset();
});

afterEach(() => {
  operations.stop();
});

function create(opId: string, send: Send, task = made): void {
  const request = createTask({ id: task.id, title: "Tea" });
  sends.set(request, send);
  const changes: Change[] = [{ kind: "task", id: task.id, is: task }];
  operations.submit({ opId, changes, request, tried: { what: "create", name: "Tea" } });
}

function edit(opId: string, send: Send, ...ids: readonly string[]): void {
  const request = updateTask("new", { notes: opId });
  sends.set(request, send);
  const changes: Change[] = ids.map((id) => ({ kind: "task", id, set: { notes: opId } }));
  operations.submit({ opId, changes, request, tried: { what: "change", count: ids.length } });
}

const no = (status: number) =>
  new ApiError({ status, code: "", message: "No.", retryAfterMs: null });
const refusing = (status: number) => vi.fn<Send>(() => Promise.reject(no(status)));
const settle = () => vi.advanceTimersByTimeAsync(0);

it("what was asked of it since goes with it, and is not sent", async () => {
  const error = no(400);
  const [first, second] = [refusing(404), refusing(404)];
  create("make", () => Promise.reject(error));
  edit("edit", first, "new");
  edit("again", second, "new");
  await settle();
  expect(refused).toHaveBeenCalledExactlyOnceWith(error, ["edit", "again"]);
  expect([first, second].map(({ mock }) => mock.calls)).toEqual([[], []]);
  expect(store.getTask("new")).toBeUndefined();
  expect(store.countUnanswered()).toBe(0);
  expect(new Set(journal.settled.mock.calls.flat())).toEqual(new Set(["make", "edit", "again"]));
});

it("what is asked of others is sent, and so is what is asked of it and others at once", async () => {
  const [part, both] = [refusing(400), refusing(404)];
  create("make", refusing(400));
  create("part", part, makeTask({ id: "part", parent: "new" }));
  edit("both", both, "new", "a");
  await settle();
  expect([part, both].map(({ mock }) => mock.calls)).toEqual([[["part"]], [["both"]]]);
  expect(refused.mock.calls.map(([, moot]) => moot)).toEqual([[], [], []]);
});

it("what changes one that is there already is sent, though bringing it back was refused", async () => {
  const after = vi.fn<Send>(() => Promise.resolve([{ ...a, version: 2 }]));
  create("back", refusing(409), a);
  edit("edit", after, "a");
  await settle();
  expect(after).toHaveBeenCalledTimes(1);
});

it("all is kept when it was only that the session is over", async () => {
  create("make", refusing(401));
  edit("edit", refusing(401), "new");
  await settle();
  expect(journal.settled).not.toHaveBeenCalled();
  expect(refused).not.toHaveBeenCalled();
});
