import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { byPlace } from "@/shared/store/place";
import type { TaskStore } from "@/shared/store/store";
import { toasts } from "@/shared/ui/toasts";
import { undos } from "@/shared/ui/undos";
import { commandsUnderTest } from "@/test/commands";
import { asItems, iso, makeProject, makeTask, NOW } from "@/test/tasks";

import type { Commands } from "./commands";

const task = makeTask({ id: "a", title: "Send invoice", deadline: iso(60_000) });
const { begin, fetched, settle, refuse, request, messages } = commandsUnderTest();
let store: TaskStore;
let commands: Commands;

beforeEach(() => {
  ({ store, commands } = begin([task]));
});
afterEach(settle);

describe("create", () => {
  it("shows the task at once and sends what was said", async () => {
    commands.create("Tea", { deadline: iso(1_000), due_date: null });
    const [created] = store.getBoard().upcoming;
    expect(created).toMatchObject({ title: "Tea", deadline: iso(1_000), priority: 4 });
    await settle();
    expect(request(0)).toEqual({
      path: "/api/v1/tasks/",
      method: "POST",
      body: { id: created?.id, title: "Tea", deadline: iso(1_000) },
    });
  });

  it("sends a whole day by its date", async () => {
    commands.create("Tea", { deadline: iso(12 * 3_600_000), due_date: "2026-11-22" });
    await settle();
    expect(request(0).body).toMatchObject({ title: "Tea", due_date: "2026-11-22" });
    expect(request(0).body).not.toHaveProperty("deadline");
  });

  it("that is refused takes the task away and says why", async () => {
    refuse(400, {
      errors: [{ pointer: "/title", code: "blank", detail: "This may not be blank." }],
    });
    commands.create("Tea", { deadline: null, due_date: null });
    await settle();
    expect(store.getBoard().upcoming).toEqual([task]);
    expect(messages()).toEqual(["“Tea” was not added. This must not be empty."]);
  });
});

describe("what is refused", () => {
  it("is told once, with what was done to it since", async () => {
    refuse(400, { code: "invalid", detail: "No." });
    commands.create("Tea", { deadline: null, due_date: null });
    const made = store.getBoard().upcoming.find(({ title }) => title === "Tea");
    if (!made) throw new Error("it was made");
    commands.edit(made, { notes: "Green" });
    commands.prioritise(made, 1);
    await settle();
    expect(fetched).toHaveBeenCalledTimes(1);
    expect(messages()).toEqual(["“Tea” was not added. No. 2 later changes to it are gone, too."]);
  });

  it("though it was taken back already counts that as no loss", async () => {
    refuse(400, { code: "invalid", detail: "No." });
    commands.create("Tea", { deadline: null, due_date: null });
    undos.takeLast();
    await settle();
    expect(messages().at(-1)).toBe("“Tea” was not added. No.");
  });
});

describe("complete and reopen", () => {
  it("before the deadline is on time, at the deadline late", () => {
    commands.complete(task);
    expect(store.getTask("a")).toMatchObject({ outcome: "on_time", lateness_s: null });
    vi.setSystemTime(NOW + 60_000);
    commands.complete(task);
    expect(store.getTask("a")).toMatchObject({ outcome: "late", lateness_s: 0 });
  });

  it("are taken back when refused", async () => {
    refuse(500, {});
    commands.complete(task);
    expect(store.getBoard().completed).toHaveLength(1);
    await settle();
    expect(store.getBoard().completed).toHaveLength(0);
    expect(messages().at(-1)).toMatch(/^“Send invoice” was not changed\. Something went wrong/);
  });

  it("comes to an end where parts lead back to their whole", () => {
    const whole = makeTask({ id: "a", parent: "c" });
    const parts = [makeTask({ id: "b", parent: "a" }), makeTask({ id: "c", parent: "b" })];
    ({ store, commands } = begin([whole, ...parts]));
    commands.complete(whole, "complete");
    expect(store.getBoard().completed).toHaveLength(3);
  });

  it("go to their own addresses", async () => {
    commands.complete(task);
    await settle();
    commands.reopen(task);
    await settle();
    expect([request(0).path, request(1).path]).toEqual([
      "/api/v1/tasks/a/complete/",
      "/api/v1/tasks/a/reopen/",
    ]);
    expect(store.getTask("a")?.completed_at).toBeNull();
  });
});

describe("edit and reschedule", () => {
  it("send only what changes", async () => {
    commands.edit(task, { title: "New" });
    await settle();
    commands.reschedule(task, { deadline: null, due_date: null });
    await settle();
    expect([request(0).body, request(1).body]).toEqual([{ title: "New" }, { deadline: null }]);
    expect(request(0).method).toBe("PATCH");
  });
});

describe("a project", () => {
  it("is there before the task that is put into it is sent", async () => {
    let answer: (response: Response) => void = () => undefined;
    fetched.mockImplementationOnce(() => new Promise((resolve) => (answer = resolve)));
    const id = commands.createProject("Work", "teal");
    commands.create("Tea", { deadline: null, due_date: null }, { project: id });
    expect(store.getProjects().map(({ name }) => name)).toEqual(["Work"]);
    await settle();
    expect(fetched).toHaveBeenCalledTimes(1);
    answer(Response.json({ ...makeProject({ id, name: "Work" }) }));
    await settle();
    expect(request(1)).toMatchObject({ path: "/api/v1/tasks/", body: { project: id } });
  });

  it("that is deleted lets go of its tasks, and takes them back", async () => {
    const work = makeProject({ id: "p", name: "Work" });
    const inside = { ...task, project: "p" };
    store.replace({ epoch: "e", seq: 0 }, [{ kind: "project", data: work }, ...asItems([inside])]);
    commands.removeProject(work, "move");
    expect(store.getProjects()).toEqual([]);
    expect(store.getTask("a")?.project).toBeNull();
    toasts.get()[0]?.action?.run();
    expect(store.getProjects()).toEqual([work]);
    expect(store.getTask("a")?.project).toBe("p");
    await settle();
    expect(request(0)).toMatchObject({ method: "DELETE", path: "/api/v1/projects/p/?tasks=move" });
  });
});

describe("reorder", () => {
  it("shows the new place at once, among those of the same project", () => {
    const [one, two, three] = ["A", "B", "C"].map((position) =>
      makeTask({ id: position, position }),
    );
    if (!one || !two || !three) throw new Error("three were made");
    store.replace({ epoch: "e", seq: 0 }, asItems([one, two, three]));
    commands.reorder(three, { before: "B" });
    const order = [...store.getBoard().upcoming].sort(byPlace).map(({ id }) => id);
    expect(order).toEqual(["A", "C", "B"]);
  });
});
