import type { Write } from "@/shared/api/carryOut";
import type { Task } from "@/shared/api/types";
import { Clock } from "@/shared/clock/clock";
import { systemTimers } from "@/shared/lib/timers";
import { Operations } from "@/shared/store/operations";
import { TaskStore } from "@/shared/store/store";

import { asItems } from "./tasks";

/** How a request is answered. */
export type Send = (opId: string) => Promise<readonly Task[]>;

type Told = Pick<
  ConstructorParameters<typeof Operations>[0],
  "refused" | "reached" | "sessionEnded"
>;

/** Operations over a store with these tasks; each request is answered as `sends` says. Time is to be faked first. */
export function makeOperations(tasks: readonly Task[], told: Told) {
  const store = new TaskStore(new Clock(systemTimers));
  store.replace({ epoch: "e", seq: 1 }, asItems(tasks));
  const sends = new Map<Write, Send>();
  const operations = new Operations({
    store,
    timers: systemTimers,
    random: () => 1,
    now: () => Date.now(),
    send: (request, opId) => sends.get(request)?.(opId) ?? Promise.reject(new Error("not sent")),
    ...told,
  });
  return { store, operations, sends };
}
