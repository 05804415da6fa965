import { beforeEach, describe, expect, it, vi } from "vitest";

import { Clock } from "@/shared/clock/clock";
import { systemTimers } from "@/shared/lib/timers";
import { Operations } from "@/shared/store/operations";
import { TaskStore } from "@/shared/store/store";
import { toasts } from "@/shared/ui/toasts";
import { asItems, iso, makeTask, NOW } from "@/test/tasks";

import { type Commands, makeCommands } from "./commands";

const task = makeTask({ id: "a", title: "Send invoice", deadline: iso(60_000) });
const fetched = vi.fn<typeof fetch>();
let store: TaskStore;
let commands: Commands;

beforeEach(() => {
  vi.useFakeTimers({ now: NOW });
  vi.stubGlobal("fetch", fetched);
  document.cookie = "csrftoken=abc";
  fetched.mockReset();
  fetched.mockImplementation(() => Promise.resolve(Response.json({ ...task, version: 2 })));
  const clock = new Clock(systemTimers);
  store = new TaskStore(clock);
  store.replace({ epoch: "e", seq: 0 }, asItems([task]));
  const operations = new Operations({
    store,
    timers: systemTimers,
    random: () => 1,
    reached: () => undefined,
    sessionEnded: () => undefined,
  });
  commands = makeCommands(clock, operations, () => "UTC");
});

const settle = () => vi.advanceTimersByTimeAsync(0);
const refuse = (status: number, body: object) => {
  fetched.mockImplementation(() => Promise.resolve(Response.json(body, { status })));
};
const request = (call: number) => {
  const [path, init] = fetched.mock.calls[call] ?? [];
  return {
    path,
    method: init?.method,
    body: JSON.parse((init?.body as string | undefined) ?? "{}") as unknown,
  };
};
const messages = () => toasts.get().map(({ message }) => message);

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
    expect(messages()).toEqual(["“Tea” was not added. This may not be blank."]);
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
    expect(messages()[0]).toMatch(/^“Send invoice” was not changed\. Something went wrong/);
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

describe("remove", () => {
  it("takes the task away and offers to bring it back", async () => {
    fetched.mockImplementationOnce(() => Promise.resolve(new Response(null, { status: 204 })));
    commands.remove(task);
    expect(store.getTask("a")).toBeUndefined();
    expect(messages()).toEqual(["Deleted “Send invoice”."]);
    toasts.get()[0]?.action?.run();
    expect(store.getTask("a")).toEqual(task);
    await settle();
    expect([request(0).method, request(1).path]).toEqual(["DELETE", "/api/v1/tasks/a/restore/"]);
    expect(store.getTask("a")?.title).toBe("Send invoice");
  });

  it("that is refused brings it back by itself", async () => {
    refuse(500, {});
    commands.remove(task);
    await settle();
    expect(store.getTask("a")).toEqual(task);
    expect(messages()[1]).toMatch(/^“Send invoice” was not deleted\./);
  });
});
