import { beforeEach, describe, expect, it, vi } from "vitest";

import { Clock } from "@/shared/clock/clock";
import { systemTimers } from "@/shared/lib/timers";
import { asItems, iso, makeEvent, makeLabel, makeProject, makeTask, NOW } from "@/test/tasks";

import type { Change } from "./change";
import { countsOf, within } from "./selectors";
import { TaskStore } from "./store";

let store: TaskStore;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  store = new TaskStore(new Clock(systemTimers));
});

const a = makeTask({ id: "a", deadline: iso(60_000) });
const load = (...tasks: (typeof a)[]) => {
  store.replace({ epoch: "e", seq: 10 }, asItems(tasks));
};

describe("projects and labels", () => {
  const work = makeProject({ id: "p", name: "Work", position: "B" });
  const home = makeProject({ id: "h", name: "Home", position: "A" });
  const urgent = makeLabel({ id: "l", name: "urgent" });
  const inWork = makeTask({ id: "w", project: "p", labels: ["l"] });
  const tell = (seq: number, type: string, object: object, fields: object = {}) => {
    const data = { [type.split(".")[0] ?? ""]: object };
    store.apply([makeEvent(seq, type, a, { data, ...fields })]);
  };

  beforeEach(() => {
    const named = [
      { kind: "project", data: work },
      { kind: "label", data: urgent },
      { kind: "project", data: home },
    ];
    store.replace({ epoch: "e", seq: 10 }, [...named, ...asItems([a, inWork])]);
  });

  it("come with the snapshot, projects in their own order", () => {
    expect(store.getProjects()).toEqual([home, work]);
    expect(store.getLabels()).toEqual([urgent]);
  });

  it("follow their events", () => {
    tell(11, "project.updated", { ...work, name: "Office", version: 2 });
    tell(12, "label.deleted", urgent);
    tell(13, "label.created", makeLabel({ id: "m", name: "later" }));
    expect(store.getProject("p")?.name).toBe("Office");
    expect(store.getLabels().map(({ name }) => name)).toEqual(["later"]);
  });

  it("stay the same lists while only tasks change", () => {
    const before = store.getProjects();
    store.apply([makeEvent(11, "task.updated", { ...a, title: "new", version: 2 })]);
    expect(store.getProjects()).toBe(before);
  });

  it("choose which tasks are shown, and count those that are open", () => {
    const board = store.getBoard();
    expect(within(board, { project: "p" }).upcoming).toEqual([inWork]);
    expect(within(board, { project: null }).upcoming).toEqual([a]);
    expect(within(board, { labels: ["l"] }).upcoming).toEqual([inWork]);
    const counts = countsOf(board);
    expect(counts.open).toBe(2);
    expect([...counts.byProject]).toEqual(
      expect.arrayContaining([
        [null, 1],
        ["p", 1],
      ]),
    );
    expect(counts.byLabel.get("l")).toBe(1);
    expect(countsOf(board)).toBe(counts);
  });
});

describe("one change of many objects", () => {
  const b = makeTask({ id: "b" });
  const both: readonly Change[] = ["a", "b"].map((id) => ({
    kind: "task",
    id,
    set: { project: "p" },
  }));
  const moved = (task: typeof a) => ({ ...task, project: "p", version: 2 });

  beforeEach(() => {
    load(a, b);
    store.begin("op", both);
  });

  it("shows on all at once, waits as one, and goes back as one", () => {
    expect([store.getTask("a")?.project, store.getTask("b")?.project]).toEqual(["p", "p"]);
    expect(store.countUnanswered()).toBe(1);
    store.refused("op");
    expect([store.getTask("a"), store.getTask("b")]).toEqual([a, b]);
  });

  it("stays on the second while only the first one's echo is here", () => {
    store.apply([makeEvent(11, "task.updated", moved(a), { op_id: "op" })]);
    expect(store.countUnanswered()).toBe(0);
    // Somebody else's change of the second one, from before ours.
    store.apply([makeEvent(12, "task.updated", { ...b, title: "theirs" })]);
    expect(store.getTask("b")).toMatchObject({ title: "theirs", project: "p" });
    store.apply([makeEvent(13, "task.updated", moved(b), { op_id: "op" })]);
    store.apply([makeEvent(14, "task.updated", { ...moved(b), project: null, version: 3 })]);
    expect(store.getTask("b")?.project).toBeNull();
  });

  it("holds what the answer says of each", () => {
    store.answered("op", [moved({ ...a, title: "as it is there" }), moved(b)]);
    expect(store.getTask("a")?.title).toBe("as it is there");
  });
});

it("labels are put on and taken off beside those that somebody else changes", () => {
  const labelled = makeTask({ id: "a", labels: ["x", "y"] });
  load(labelled);
  store.begin("op", [{ kind: "task", id: "a", add: ["z"], remove: ["x"] }]);
  expect(store.getTask("a")?.labels).toEqual(["y", "z"]);
  store.apply([makeEvent(11, "task.updated", { ...labelled, labels: ["x", "w"], version: 2 })]);
  expect(store.getTask("a")?.labels).toEqual(["w", "z"]);
});
