import { vi } from "vitest";

import { type Commands, makeCommands, tellRefusal } from "@/features/tasks/commands";
import { carryOut } from "@/shared/api/carryOut";
import type { Task } from "@/shared/api/types";
import { Clock } from "@/shared/clock/clock";
import { systemTimers } from "@/shared/lib/timers";
import { Operations } from "@/shared/store/operations";
import { TaskStore } from "@/shared/store/store";
import { toasts } from "@/shared/ui/toasts";

import { asItems, NOW } from "./tasks";

/** Commands as the page has them, and at the other end of their requests the test. */
export function commandsUnderTest() {
  const fetched = vi.fn<typeof fetch>();
  return {
    fetched,
    /** Begins a test: the time stands still, the store holds the tasks, and all that is sent is taken. */
    begin: (tasks: readonly Task[]): { store: TaskStore; commands: Commands } => {
      vi.useFakeTimers({ now: NOW });
      vi.stubGlobal("fetch", fetched);
      document.cookie = "csrftoken=abc";
      fetched.mockReset();
      fetched.mockImplementation(() => Promise.resolve(Response.json({ ...tasks[0], version: 2 })));
      const clock = new Clock(systemTimers);
      const store = new TaskStore(clock);
      store.replace({ epoch: "e", seq: 0 }, asItems(tasks));
      const operations = new Operations({
        store,
        timers: systemTimers,
        random: () => 1,
        now: () => Date.now(),
        send: carryOut,
        refused: tellRefusal,
        reached: () => undefined,
        sessionEnded: () => undefined,
      });
      return { store, commands: makeCommands({ clock, store, operations, zone: () => "UTC" }) };
    },
    /** Lets what was begun be answered. What a test has sent ends with it, and not in whichever file comes next. */
    settle: () => vi.advanceTimersByTimeAsync(0),
    refuse: (status: number, body: object) => {
      fetched.mockImplementation(() => Promise.resolve(Response.json(body, { status })));
    },
    request: (call: number) => {
      const [path, init] = fetched.mock.calls[call] ?? [];
      return {
        path,
        method: init?.method,
        body: JSON.parse((init?.body as string | undefined) ?? "{}") as unknown,
      };
    },
    opIdOf: (call: number) =>
      new Headers(fetched.mock.calls[call]?.[1]?.headers).get("Idempotency-Key"),
    messages: () => toasts.get().flatMap(({ message, more = [] }) => [message, ...more]),
  };
}
