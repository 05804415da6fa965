import { beforeEach, describe, expect, it, vi } from "vitest";

import { updateTask } from "@/shared/api/writes";
import { Clock } from "@/shared/clock/clock";
import { systemTimers } from "@/shared/lib/timers";
import { FakeLocks, stubBrowserStore } from "@/test/browserStore";
import { asItems, makeEvent, makeProject, makeTask } from "@/test/tasks";

import type { Operation } from "../operations";
import { TaskStore } from "../store";
import { forget } from "./database";
import { Keeper } from "./keeper";

const a = makeTask({ id: "a" });
const b = makeTask({ id: "b" });
let browser: FakeLocks;

beforeEach(() => {
  stubBrowserStore();
  browser = new FakeLocks();
  vi.spyOn(console, "info").mockImplementation(() => undefined);
});

/** A window of the page, with what it found when it was opened. */
async function open(viewer = "ada") {
  const store = new TaskStore(new Clock(systemTimers));
  const [lost, orphaned] = [vi.fn(), vi.fn()];
  const keeper = await Keeper.open({
    viewer,
    store,
    timers: systemTimers,
    locks: browser.locks,
    lost,
    orphaned,
  });
  if (!keeper) throw new Error("nothing can be kept");
  if (keeper.found) store.restore(keeper.found.cursor, keeper.found.items);
  return { store, keeper, lost, orphaned };
}

const told = (seq: number, task = a) =>
  makeEvent(seq, "task.updated", { ...task, title: `at ${seq}`, version: seq });
const rename = (opId: string): Operation => ({
  opId,
  changes: [{ kind: "task", id: "a", set: { title: opId } }],
  request: updateTask("a", { title: opId }),
  tried: { what: "change", name: "a" },
  madeAt: 0,
  bases: {},
});

describe("what the server told", () => {
  it("is there again in the next window, with its place in the stream", async () => {
    const first = await open();
    expect(first.keeper.found).toBeNull();
    const project = { kind: "project", data: makeProject({ id: "p" }) };
    first.store.replace({ epoch: "e", seq: 10 }, [project, ...asItems([a, b])]);
    await first.keeper.flush();
    first.store.apply([told(11), makeEvent(12, "task.deleted", b)]);
    await first.keeper.close();

    const next = await open();
    expect(next.keeper.found?.cursor).toEqual({ epoch: "e", seq: 12 });
    expect(next.store.getTask("a")?.title).toBe("at 11");
    expect(next.store.getTask("b")).toBeUndefined();
    expect(next.store.getProject("p")).toBeDefined();
  });

  it("is written a moment later, by itself", async () => {
    const { store } = await open();
    store.replace({ epoch: "e", seq: 10 }, asItems([a]));
    await vi.waitFor(async () => {
      expect((await open()).keeper.found?.cursor.seq).toBe(10);
    });
  });

  it("makes way for a snapshot, whole", async () => {
    const { store, keeper } = await open();
    store.replace({ epoch: "e", seq: 10 }, asItems([a]));
    await keeper.flush();
    store.replace({ epoch: "other", seq: 3 }, asItems([b]));
    await keeper.close();
    const next = await open();
    expect(next.keeper.found).toEqual({ cursor: { epoch: "other", seq: 3 }, items: asItems([b]) });
  });

  it("of one person is never shown to another, and does not stay when somebody else comes", async () => {
    const { store, keeper } = await open();
    store.replace({ epoch: "e", seq: 10 }, asItems([a]));
    await keeper.close();
    expect((await open("carol")).keeper.found).toBeNull();
    await vi.waitFor(async () => {
      const names = (await indexedDB.databases()).map(({ name }) => name);
      expect(names).toEqual(["taskengine.carol"]);
    });
  });

  it("is deleted at log-out, though another window has it open", async () => {
    const { store, keeper, lost } = await open();
    store.replace({ epoch: "e", seq: 10 }, asItems([a]));
    await keeper.flush();
    await forget("ada");
    expect(lost).toHaveBeenCalled();
    store.apply([told(11)]);
    await keeper.flush();
    expect(await indexedDB.databases()).toEqual([]);
  });
});

describe("two windows", () => {
  it("that is behind does not overwrite what the other has written", async () => {
    const ahead = await open();
    ahead.store.replace({ epoch: "e", seq: 10 }, asItems([a]));
    await ahead.keeper.flush();
    const behind = await open();
    ahead.store.apply([told(11), told(12)]);
    await ahead.keeper.flush();
    behind.store.apply([told(11)]);
    await behind.keeper.flush();
    const next = await open();
    expect(next.keeper.found?.cursor.seq).toBe(12);
    expect(next.store.getTask("a")?.title).toBe("at 12");
  });

  it("goes on from where the other has stopped", async () => {
    const first = await open();
    first.store.replace({ epoch: "e", seq: 10 }, asItems([a, b]));
    await first.keeper.flush();
    const second = await open();
    first.store.apply([told(11)]);
    await first.keeper.close();
    second.store.apply([told(11), told(12, b)]);
    await second.keeper.flush();
    const next = await open();
    expect(next.keeper.found?.cursor.seq).toBe(12);
    expect([next.store.getTask("a")?.title, next.store.getTask("b")?.title]).toEqual([
      "at 11",
      "at 12",
    ]);
  });

  it("of another history leaves what it can't add to", async () => {
    const first = await open();
    first.store.replace({ epoch: "e", seq: 10 }, asItems([a]));
    await first.keeper.flush();
    const second = await open();
    first.store.replace({ epoch: "restored", seq: 2 }, asItems([b]));
    await first.keeper.flush();
    second.store.apply([told(11)]);
    await second.keeper.flush();
    expect((await open()).keeper.found?.cursor).toEqual({ epoch: "restored", seq: 2 });
  });
});

describe("changes that are not settled", () => {
  const opIds = (operations: readonly Operation[]) => operations.map(({ opId }) => opId);

  it("outlive their window, in their order, and are taken over by one alone", async () => {
    const { keeper } = await open();
    for (const opId of ["one", "two", "three"]) keeper.add(rename(opId));
    keeper.settled("two");
    await keeper.close();
    const [left, right] = [await open(), await open()];
    const taken = await Promise.all([left.keeper.takeOrphans(), right.keeper.takeOrphans()]);
    expect(taken.map(opIds).sort()).toEqual([[], ["one", "three"]]);
  });

  it("stay with their window while it is there", async () => {
    const { keeper } = await open();
    keeper.add(rename("mine"));
    await keeper.flush();
    const other = await open();
    expect(await other.keeper.takeOrphans()).toEqual([]);
    browser.crash();
    expect(opIds(await other.keeper.takeOrphans())).toEqual(["mine"]);
  });

  it("of a window that is slow to go are taken over once it has gone, by one alone", async () => {
    const { keeper } = await open();
    keeper.add(rename("mine"));
    await keeper.flush();
    const [left, right] = [await open(), await open()];
    const taken = vi.fn<(opIds: readonly string[]) => void>();
    for (const { keeper: other, orphaned } of [left, right]) {
      orphaned.mockImplementation(async () => {
        taken(opIds(await other.takeOrphans()));
      });
      expect(await other.takeOrphans()).toEqual([]);
      expect(await other.takeOrphans()).toEqual([]);
    }
    await keeper.close();
    await vi.waitFor(() => {
      expect(taken).toHaveBeenCalledTimes(2);
    });
    expect(taken.mock.calls.flat().sort()).toEqual([[], ["mine"]]);
  });

  it("are committed before their window hears of it: it may be gone by then", async () => {
    const commit = vi.spyOn(IDBTransaction.prototype, "commit");
    const { keeper } = await open();
    commit.mockClear();
    keeper.add(rename("mine"));
    expect(commit).toHaveBeenCalledTimes(1);
  });

  it("are gone for good once settled by who took them over", async () => {
    const { keeper } = await open();
    keeper.add(rename("mine"));
    await keeper.close();
    const next = await open();
    await next.keeper.takeOrphans();
    next.keeper.settled("mine");
    await next.keeper.close();
    expect(await (await open()).keeper.takeOrphans()).toEqual([]);
  });
});

it("where nothing can be kept there is one line in the log, and no keeper", async () => {
  vi.stubGlobal("indexedDB", undefined);
  const store = new TaskStore(new Clock(systemTimers));
  const options = { viewer: "ada", store, timers: systemTimers, locks: undefined };
  const told = { lost: () => undefined, orphaned: () => undefined };
  expect(await Keeper.open({ ...options, ...told })).toBeNull();
  // eslint-disable-next-line no-console -- to see what was said there
  expect(console.info).toHaveBeenCalledTimes(1);
});
