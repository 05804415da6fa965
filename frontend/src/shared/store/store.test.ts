import { beforeEach, describe, expect, it, vi } from "vitest";

import { Clock } from "@/shared/clock/clock";
import { systemTimers } from "@/shared/lib/timers";
import { asItems, iso, makeEvent, makeTask, NOW } from "@/test/tasks";

import type { Change } from "./change";
import { TaskStore } from "./store";

let store: TaskStore;
let clock: Clock;
const changed = vi.fn();
const missed = vi.fn();

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  clock = new Clock(systemTimers);
  store = new TaskStore(clock);
  store.keepTime();
  store.subscribe(changed);
  store.onMissed(missed);
  changed.mockReset();
  missed.mockReset();
});

const a = makeTask({ id: "a", deadline: iso(60_000) });
const load = (...tasks: (typeof a)[]) => {
  store.replace({ epoch: "e", seq: 10 }, asItems(tasks));
};
const ids = (bucket: "upcoming" | "missed" | "completed") =>
  store.getBoard()[bucket].map(({ id }) => id);
const rename = (title: string): Change => ({ kind: "task", id: "a", set: { title } });
const made = (id: string): Change => ({ kind: "task", id, is: makeTask({ id }) });

describe("the order of cards", () => {
  it("is soonest first, then what matters more, then without a deadline", () => {
    load(
      makeTask({ id: "never" }),
      makeTask({ id: "later", deadline: iso(90_000) }),
      makeTask({ id: "normal", deadline: iso(60_000) }),
      makeTask({ id: "urgent", deadline: iso(60_000), priority: 1 }),
    );
    expect(ids("upcoming")).toEqual(["urgent", "normal", "later", "never"]);
  });

  it("is latest first among the missed and the completed", () => {
    load(
      makeTask({ id: "m1", deadline: iso(-90_000) }),
      makeTask({ id: "m2", deadline: iso(-60_000) }),
      makeTask({ id: "c1", completed_at: iso(-90_000) }),
      makeTask({ id: "c2", completed_at: iso(-60_000) }),
    );
    expect(ids("missed")).toEqual(["m2", "m1"]);
    expect(ids("completed")).toEqual(["c2", "c1"]);
  });
});

describe("crossing", () => {
  it("happens at the deadline itself, by the clock alone", () => {
    load(a);
    vi.advanceTimersByTime(59_999);
    expect(ids("missed")).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(ids("missed")).toEqual(["a"]);
    expect(missed).toHaveBeenCalledTimes(1);
  });

  it("happens when the server says so, though the clock is behind", () => {
    load(a);
    vi.advanceTimersByTime(59_900);
    store.apply([makeEvent(11, "task.missed", { ...a, bucket: "missed" }, { at: iso(60_000) })]);
    expect(ids("missed")).toEqual(["a"]);
  });

  it("happens once, whoever comes second", () => {
    load(a);
    vi.advanceTimersByTime(60_000);
    changed.mockReset();
    const before = store.getBoard().missed;
    store.apply([makeEvent(11, "task.missed", { ...a, bucket: "missed" }, { at: iso(60_000) })]);
    expect(store.getBoard().missed).toBe(before);
    expect(missed).toHaveBeenCalledTimes(1);

    load(a, makeTask({ id: "b", deadline: iso(70_000) }));
    store.apply([
      makeEvent(11, "task.missed", makeTask({ id: "b", deadline: iso(70_000) }), {
        at: iso(70_000),
      }),
    ]);
    vi.advanceTimersByTime(20_000);
    expect(missed).toHaveBeenCalledTimes(2);
  });

  it("is undone by a later deadline and then happens again", () => {
    load(a);
    vi.advanceTimersByTime(60_000);
    store.apply([makeEvent(11, "task.updated", { ...a, deadline: iso(120_000), version: 2 })]);
    expect(ids("upcoming")).toEqual(["a"]);
    vi.advanceTimersByTime(60_000);
    expect(ids("missed")).toEqual(["a"]);
    expect(missed).toHaveBeenCalledTimes(2);
  });

  it("is no news for what was missed before the page was opened", () => {
    load(makeTask({ id: "old", deadline: iso(-1) }));
    expect(missed).not.toHaveBeenCalled();
  });

  it("is told after a snapshot that follows a loss", () => {
    load(a);
    vi.setSystemTime(NOW + 61_000);
    load(a);
    expect(missed).toHaveBeenCalledWith([a]);
  });

  it("goes on by time after another task crossed", () => {
    load(a, makeTask({ id: "b", deadline: iso(61_000) }));
    vi.advanceTimersByTime(61_000);
    expect(ids("missed")).toEqual(["b", "a"]);
    expect(missed).toHaveBeenCalledTimes(2);
  });
});

describe("events", () => {
  it("that were applied before change nothing", () => {
    load(a);
    const event = makeEvent(11, "task.updated", { ...a, title: "new", version: 2 });
    store.apply([event]);
    store.apply([makeEvent(12, "task.updated", { ...a, title: "newer", version: 3 })]);
    store.apply([event]);
    expect(store.getTask("a")?.title).toBe("newer");
  });

  it("that change nothing to be seen leave every object as it was", () => {
    load(a);
    const before = store.getTask("a");
    const list = store.getBoard().upcoming;
    store.apply([makeEvent(11, "task.updated", { ...a, bucket: "missed" })]);
    expect(store.getTask("a")).toBe(before);
    expect(store.getBoard().upcoming).toBe(list);
  });

  it("of kinds that are not known here are passed over", () => {
    load(a);
    store.apply([
      makeEvent(11, "team.created", a, { data: { team: { id: "l", version: 1 } } }),
      makeEvent(12, "task.updated", { ...a, title: "new" }),
    ]);
    expect(store.getTask("a")?.title).toBe("new");
  });
});

describe("one's own changes", () => {
  beforeEach(() => {
    load(a);
  });

  it("show at once", () => {
    store.begin("op", [rename("mine")]);
    expect(store.getTask("a")?.title).toBe("mine");
    expect(store.countUnanswered()).toBe(1);
  });

  it("go back when refused", () => {
    store.begin("op", [rename("mine")]);
    store.refused("op");
    expect(store.getTask("a")).toEqual(a);
    expect(store.countUnanswered()).toBe(0);
  });

  it("do not flicker from answer to echo, whatever comes between", () => {
    store.begin("op", [rename("mine")]);
    const titles: (string | undefined)[] = [];
    store.subscribe(() => titles.push(store.getTask("a")?.title));
    store.answered("op", [{ ...a, title: "mine", version: 3 }]);
    // An older event of somebody else's change arrives late.
    store.apply([makeEvent(11, "task.updated", { ...a, title: "theirs", version: 2 })]);
    store.apply([
      makeEvent(12, "task.updated", { ...a, title: "mine", version: 3 }, { op_id: "op" }),
    ]);
    expect(new Set(titles)).toEqual(new Set(["mine"]));
  });

  it("do not flicker when the echo overtakes the answer", () => {
    store.begin("op", [rename("mine")]);
    store.apply([
      makeEvent(11, "task.updated", { ...a, title: "mine", version: 2 }, { op_id: "op" }),
    ]);
    store.apply([makeEvent(12, "task.updated", { ...a, title: "theirs", version: 3 })]);
    store.answered("op", [{ ...a, title: "mine", version: 2 }]);
    expect(store.getTask("a")?.title).toBe("theirs");
    expect(store.countUnanswered()).toBe(0);
  });

  it("wait for their own event, not for the miss that goes before it", () => {
    store.begin("op", [{ kind: "task", id: "a", set: { completed_at: iso(60_000) } }]);
    store.apply([makeEvent(11, "task.missed", a, { op_id: "op", at: iso(60_000) })]);
    expect(ids("completed")).toEqual(["a"]);
    expect(ids("missed")).toEqual([]);
  });

  it("end with the answer where nothing had to change and no event will come", () => {
    store.begin("op", [rename("mine")]);
    store.answered("op", [a]);
    expect(store.getTask("a")).toEqual(a);
    store.apply([makeEvent(11, "task.updated", { ...a, title: "theirs", version: 2 })]);
    expect(store.getTask("a")?.title).toBe("theirs");
  });

  it("stand over a snapshot that comes while they wait", () => {
    store.begin("op", [rename("mine")]);
    store.replace({ epoch: "e", seq: 20 }, asItems([{ ...a, notes: "new", version: 2 }]));
    expect(store.getTask("a")).toMatchObject({ title: "mine", notes: "new" });
    store.refused("op");
    expect(store.getTask("a")?.title).toBe(a.title);
  });

  it("stand over a snapshot that knows nothing of them yet", () => {
    store.begin("op", [made("b")]);
    store.replace({ epoch: "e", seq: 20 }, asItems([a]));
    expect(ids("upcoming")).toEqual(["a", "b"]);
  });

  it("are over when a snapshot holds them", () => {
    store.begin("op", [rename("mine")]);
    store.answered("op", [{ ...a, title: "mine", version: 2 }]);
    store.replace({ epoch: "e", seq: 20 }, asItems([{ ...a, title: "theirs", version: 3 }]));
    expect(store.getTask("a")?.title).toBe("theirs");
  });

  it("are over when the stream has come past a head told long after the answer", () => {
    store.begin("op", [made("b")]);
    store.answered("op", [makeTask({ id: "b" })]);
    vi.advanceTimersByTime(5_000);
    store.headTold(20);
    expect(store.getTask("b")).toBeDefined();
    // Another window created, and somebody deleted, before this snapshot was taken.
    store.replace({ epoch: "e", seq: 20 }, asItems([a]));
    expect(store.getTask("b")).toBeUndefined();
  });

  it("a ping that says nothing new tells nobody", () => {
    const told = vi.fn();
    store.subscribe(told);
    store.headTold(20);
    expect(told).not.toHaveBeenCalled();
  });

  it("follow each other on one task", () => {
    store.begin("one", [rename("first")]);
    store.begin("two", [{ kind: "task", id: "a", set: { notes: "second" } }]);
    expect(store.getTask("a")).toMatchObject({ title: "first", notes: "second" });
    store.refused("one");
    expect(store.getTask("a")).toMatchObject({ title: a.title, notes: "second" });
  });

  it("delete at once, and the task stays away until the echo", () => {
    store.begin("op", [{ kind: "task", id: "a", gone: true }]);
    store.answered("op", []);
    store.apply([makeEvent(11, "task.updated", { ...a, version: 2 })]);
    expect(store.getTask("a")).toBeUndefined();
    store.apply([makeEvent(12, "task.deleted", { ...a, version: 3 }, { op_id: "op" })]);
    expect(store.getTask("a")).toBeUndefined();
  });
});

describe("a task read by itself", () => {
  const old = makeTask({ id: "old", completed_at: iso(-40 * 86_400_000) });

  it("can be had, but stands in no bucket", () => {
    load(a);
    store.adopt(old);
    expect(store.getTask("old")).toEqual(old);
    expect(ids("completed")).toEqual([]);
  });

  it("does not outlive a snapshot, for it may have been deleted meanwhile", () => {
    load(a);
    store.adopt(old);
    load(a);
    expect(store.getTask("old")).toBeUndefined();
    store.begin("op", [{ kind: "task", id: "old", set: {} }]);
    expect(store.getTask("old")).toBeUndefined();
  });

  it("follows its events like any other", () => {
    load(a);
    store.adopt(old);
    store.apply([makeEvent(11, "task.reopened", { ...old, completed_at: null, version: 2 })]);
    expect(ids("upcoming")).toEqual(["a", "old"]);
  });
});
