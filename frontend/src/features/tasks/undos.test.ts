import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { TaskStore } from "@/shared/store/store";
import { takeBack } from "@/shared/ui/takeBack";
import { toasts } from "@/shared/ui/toasts";
import { undos } from "@/shared/ui/undos";
import { commandsUnderTest } from "@/test/commands";
import { asItems, iso, makeProject, makeTask } from "@/test/tasks";

import type { Commands } from "./commands";

const task = makeTask({ id: "a", title: "Send invoice", deadline: iso(60_000) });
const { begin, fetched, settle, refuse, request, opIdOf, messages } = commandsUnderTest();
let store: TaskStore;
let commands: Commands;

beforeEach(() => {
  ({ store, commands } = begin([task]));
});
afterEach(settle);

describe("remove", () => {
  it("takes the task away and offers to bring it back", async () => {
    fetched.mockImplementationOnce(() => Promise.resolve(new Response(null, { status: 204 })));
    commands.remove(task);
    expect(store.getTask("a")).toBeUndefined();
    expect(messages()).toEqual(["Deleted “Send invoice”."]);
    toasts.get()[0]?.action?.run();
    expect(store.getTask("a")).toEqual(task);
    await settle();
    expect(request(0).method).toBe("DELETE");
    expect(request(1)).toMatchObject({ path: "/api/v1/undo/", body: { op_id: opIdOf(0) } });
    expect(store.getTask("a")?.title).toBe("Send invoice");
  });

  it("that is refused brings it back by itself", async () => {
    refuse(500, {});
    commands.remove(task);
    await settle();
    expect(store.getTask("a")).toEqual(task);
    expect(messages().at(-1)).toMatch(/^“Send invoice” was not deleted\./);
  });
});

describe("what is done to one task", () => {
  const deeds: readonly (readonly [string, () => void])[] = [
    [
      "Rescheduled",
      () => {
        commands.reschedule(task, { deadline: null, due_date: null });
      },
    ],
    [
      "Completed",
      () => {
        commands.complete(task);
      },
    ],
    [
      "Changed",
      () => {
        commands.prioritise(task, 1);
      },
    ],
    [
      "Changed",
      () => {
        commands.edit(task, { project: "p", labels: ["l"] });
      },
    ],
    [
      "Deleted",
      () => {
        commands.remove(task);
      },
    ],
  ];

  it.each(deeds)("%s is one operation, taken back by its toast or by key", async (verb, deed) => {
    const ways = [
      () => toasts.get()[0]?.action?.run(),
      () => {
        expect(undos.takeLast()).toBe(true);
      },
    ];
    for (const [round, undo] of ways.entries()) {
      toasts.set([]);
      fetched.mockImplementation(() => Promise.resolve(Response.json({})));
      deed();
      expect(store.getTask("a")).not.toEqual(task);
      expect(messages()).toEqual([`${verb} “Send invoice”.`]);
      undo();
      expect(store.getTask("a")).toEqual(task);
      await settle();
      expect(request(2 * round + 1)).toMatchObject({
        path: "/api/v1/undo/",
        body: { op_id: opIdOf(2 * round) },
      });
    }
    expect(undos.takeLast()).toBe(false);
  });

  it("is said by no toast while it is typed, and taken back by key", () => {
    commands.edit(task, { title: "New" });
    commands.create("Tea", { deadline: null, due_date: null });
    expect(messages()).toEqual([]);
    undos.takeLast();
    expect(store.getBoard().upcoming.map(({ title }) => title)).toEqual(["New"]);
    undos.takeLast();
    expect(store.getTask("a")).toEqual(task);
    expect(messages()).toEqual(["Taken back: Added “Tea”.", "Taken back: Changed “Send invoice”."]);
  });

  it("with one gesture is one, taken back at once", async () => {
    undos.asOne(() => {
      commands.reschedule(task, { deadline: null, due_date: null });
      commands.prioritise(task, 1);
    });
    expect(messages()).toEqual(["Rescheduled “Send invoice”."]);
    await settle();
    undos.takeLast();
    expect(store.getTask("a")).toMatchObject({ deadline: task.deadline, priority: 4 });
    await settle();
    expect([2, 3].map((call) => request(call).body)).toEqual(
      [1, 0].map((call) => ({ op_id: opIdOf(call) })),
    );
    expect(undos.takeLast()).toBe(false);
  });

  it.each([
    ["first", 0, "Changed “Send invoice”."],
    ["last", 1, "Rescheduled “Send invoice”."],
  ] as const)(
    "with one gesture keeps its way back where its %s part is refused",
    async (_, refused, says) => {
      let call = 0;
      fetched.mockImplementation(() =>
        Promise.resolve(
          call++ === refused
            ? Response.json({ code: "conflict", detail: "No." }, { status: 409 })
            : Response.json({}),
        ),
      );
      undos.asOne(() => {
        commands.reschedule(task, { deadline: null, due_date: null });
        commands.prioritise(task, 1);
      });
      await settle();
      expect(messages()[0]).toBe(says);
      toasts.get()[0]?.action?.run();
      expect(store.getTask("a")).toMatchObject({ deadline: task.deadline, priority: 4 });
      await settle();
      expect(fetched).toHaveBeenCalledTimes(3);
      expect(request(2).body).toEqual({ op_id: opIdOf(1 - refused) });
      expect(undos.takeLast()).toBe(false);
    },
  );

  it("with one gesture leaves nothing where all of it is refused", async () => {
    refuse(409, { code: "conflict", detail: "No." });
    undos.asOne(() => {
      commands.reschedule(task, { deadline: null, due_date: null });
      commands.prioritise(task, 1);
    });
    await settle();
    expect(messages()).not.toContain("Rescheduled “Send invoice”.");
    expect(undos.takeLast()).toBe(false);
  });

  it("by somebody else is offered to nobody", () => {
    commands.complete(task);
    undos.clear();
    expect(messages()).toEqual([]);
    expect(undos.takeLast()).toBe(false);
  });

  it("refused is not offered to be taken back as well", async () => {
    commands.prioritise(task, 1);
    await settle();
    refuse(409, { code: "conflict", detail: "No." });
    commands.complete(task);
    expect(messages().at(-1)).toBe("Completed “Send invoice”.");
    await settle();
    expect(messages()).not.toContain("Completed “Send invoice”.");
    undos.takeLast();
    await settle();
    expect(request(2)).toMatchObject({ path: "/api/v1/undo/", body: { op_id: opIdOf(0) } });
  });

  it("taken back by its name is not taken back once more", async () => {
    commands.prioritise(task, 1);
    commands.complete(task);
    await settle();
    await takeBack(opIdOf(1) ?? "");
    expect(messages()).toEqual(["Changed “Send invoice”.", "Taken back."]);
    undos.takeLast();
    await settle();
    expect(request(3)).toMatchObject({ path: "/api/v1/undo/", body: { op_id: opIdOf(0) } });
    expect(undos.takeLast()).toBe(false);
  });

  it("reopened is as it was completed", () => {
    const done = { ...task, completed_at: iso(-1), outcome: "on_time" as const, version: 2 };
    store.replace({ epoch: "e", seq: 1 }, asItems([done]));
    commands.reopen(done);
    toasts.get()[0]?.action?.run();
    expect(store.getTask("a")).toEqual(done);
  });
});

describe("many at once", () => {
  const second = makeTask({ id: "b", title: "Book flights" });
  const all = [task, second];

  beforeEach(() => {
    store.replace({ epoch: "e", seq: 0 }, [
      { kind: "project", data: makeProject({ id: "p", name: "Work" }) },
      ...asItems(all),
    ]);
    fetched.mockImplementation(() => Promise.resolve(Response.json({ results: [] })));
  });

  it("are one request and one way back", async () => {
    commands.move(all, "p");
    expect(all.map(({ id }) => store.getTask(id)?.project)).toEqual(["p", "p"]);
    expect(messages()).toEqual(["Moved 2 tasks to “Work”."]);
    await settle();
    expect(request(0)).toEqual({
      path: "/api/v1/batch/",
      method: "POST",
      body: {
        atomic: true,
        operations: [{ verb: "tasks.update", ids: ["a", "b"], fields: { project: "p" } }],
      },
    });
    toasts.get()[0]?.action?.run();
    expect(all.map(({ id }) => store.getTask(id)?.project)).toEqual([null, null]);
    await settle();
    expect(request(1)).toEqual({
      path: "/api/v1/undo/",
      method: "POST",
      body: { op_id: opIdOf(0) },
    });
  });

  it("that are refused go back together, and say why", async () => {
    const problem = { code: "task_not_found", detail: "There is no such task." };
    refuse(409, { code: "batch_failed", detail: "No.", failed: { index: 0, problem } });
    commands.completeAll(all);
    expect(store.getBoard().completed).toHaveLength(2);
    await settle();
    expect(store.getBoard().completed).toHaveLength(0);
    expect(messages().at(-1)).toBe("2 tasks stayed as before. The task does not exist any more.");
  });

  it("are split where the API takes no more", async () => {
    const many = Array.from({ length: 1_201 }, (_, index) => makeTask({ id: `t${index}` }));
    commands.removeAll(many);
    await settle();
    const sizes = [0, 1].map((call) => {
      const { operations } = request(call).body as { operations: { ids: string[] }[] };
      return operations.map(({ ids }) => ids.length);
    });
    expect(sizes).toEqual([
      [200, 200, 200, 200, 200],
      [200, 1],
    ]);
    // And yet there is one way back for all of them.
    expect(toasts.get()).toHaveLength(1);
    toasts.get()[0]?.action?.run();
    expect(many.filter(({ id }) => !store.getTask(id))).toEqual([]);
  });

  it("undone leave alone what was changed beside", () => {
    commands.relabel(all, { add: ["l"] });
    commands.edit({ ...task, labels: ["l"] }, { title: "New" });
    toasts.get()[0]?.action?.run();
    expect(store.getTask("a")).toMatchObject({ title: "New", labels: [] });
  });

  it("of nothing are no request", async () => {
    commands.reopenAll(all);
    await settle();
    expect(fetched).not.toHaveBeenCalled();
    expect(messages()).toEqual([]);
  });
});
