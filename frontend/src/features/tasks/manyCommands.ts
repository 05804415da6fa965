import type { BatchOperation, Children, Priority, Task } from "@/shared/api/types";
import * as writes from "@/shared/api/writes";
import { type Change, changed, relabelled } from "@/shared/store/change";
import { text } from "@/shared/text";

import type { Desk } from "./commands";
import { type Deadline, NO_DEADLINE, onTheWire } from "./deadline/deadline";
import { completion, REOPENED, set } from "./task";

/** How many tasks one verb of a batch takes, and how many verbs one batch. As the API says. */
const IDS_OF_A_VERB = 200;
const TASKS_OF_A_BATCH = 1_000;
const VERBS_OF_A_BATCH = 100;

/** What can be done with many tasks at once: one request, one operation, one way back. */
export interface ManyCommands {
  completeAll(tasks: readonly Task[], children?: Children): void;
  reopenAll(tasks: readonly Task[]): void;
  rescheduleAll(tasks: readonly Task[], deadline: Deadline): void;
  /** Each to a deadline of its own. */
  rescheduleEach(found: readonly { readonly task: Task; readonly deadline: Deadline }[]): void;
  prioritiseAll(tasks: readonly Task[], priority: Priority): void;
  /** Into a project, or into none. */
  move(tasks: readonly Task[], project: string | null): void;
  relabel(
    tasks: readonly Task[],
    labels: { readonly add?: readonly string[]; readonly remove?: readonly string[] },
  ): void;
  removeAll(tasks: readonly Task[]): void;
}

type TasksChanges = Extract<BatchOperation, { verb: "tasks.update" }>["fields"];
type Verb = (ids: string[]) => BatchOperation;

export function makeManyCommands(desk: Desk): ManyCommands {
  /** Carries out a verb on all of them, in as few requests as the API lets it. */
  const doAll = (
    tasks: readonly Task[],
    message: string,
    change: (task: Task) => Change,
    verb: Verb,
    {
      what = "change",
      atOnce = IDS_OF_A_VERB,
    }: { what?: "change" | "delete"; atOnce?: number } = {},
  ) => {
    const most = Math.min(TASKS_OF_A_BATCH, atOnce * VERBS_OF_A_BATCH);
    const done = chunks(tasks, most).map((some) => {
      const operations = chunks(some, atOnce).map((few) => verb(few.map(({ id }) => id)));
      const changes = some.map(change);
      const request = writes.batch(operations);
      return { opId: desk.submit({ what, count: some.length }, changes, request), some, changes };
    });
    if (done.length === 0) return;
    const takeBack = () => {
      for (const { opId, some, changes } of done.reverse()) {
        const back = some.map((task, index) => takenBack(task, changes[index]));
        desk.submit({ what: "change", count: some.length }, back, writes.undoing(opId));
      }
    };
    desk.offerUndo({ ops: done.map(({ opId }) => opId), says: message, takeBack });
  };
  const update = (
    tasks: readonly Task[],
    message: string,
    change: (task: Task) => Change,
    said: Partial<TasksChanges>,
  ) => {
    // The document knows no field that is optional and has a default: what is absent stays.
    const fields = said as TasksChanges;
    doAll(tasks, message, change, (ids) => ({ verb: "tasks.update", ids, fields }));
  };

  return {
    completeAll(tasks, children = "leave") {
      const at = desk.now();
      const open = tasks.filter((task) => task.completed_at === null);
      doAll(
        open,
        text.toasts.completedMany(open.length),
        (task) => set(task, completion(task, at)),
        (ids) => ({ verb: "tasks.complete", ids, children }),
      );
    },

    reopenAll(tasks) {
      const closed = tasks.filter((task) => task.completed_at !== null);
      doAll(
        closed,
        text.toasts.reopenedMany(closed.length),
        (task) => set(task, REOPENED),
        ([id = ""]) => ({ verb: "task.reopen", id }),
        { atOnce: 1 },
      );
    },

    rescheduleAll(tasks, deadline) {
      const message = text.toasts.rescheduledMany(tasks.length);
      update(tasks, message, (task) => set(task, deadline), onTheWire(deadline));
    },

    rescheduleEach(found) {
      const deadlines = new Map(found.map(({ task, deadline }) => [task.id, deadline]));
      const of = (id: string) => deadlines.get(id) ?? NO_DEADLINE;
      doAll(
        found.map(({ task }) => task),
        text.toasts.rescheduledMany(found.length),
        (task) => set(task, of(task.id)),
        ([id = ""]) => ({
          verb: "task.update",
          id,
          fields: onTheWire(of(id)),
        }),
        { atOnce: 1 },
      );
    },

    prioritiseAll(tasks, priority) {
      const message = text.toasts.prioritisedMany(tasks.length);
      update(tasks, message, (task) => set(task, { priority }), { priority });
    },

    move(tasks, project) {
      const name = project === null ? null : (desk.store.getProject(project)?.name ?? "");
      const message = text.toasts.movedMany(tasks.length, name);
      update(tasks, message, (task) => set(task, { project }), { project });
    },

    relabel(tasks, { add = [], remove = [] }) {
      update(
        tasks,
        text.toasts.relabelledMany(tasks.length),
        ({ id }) => ({ kind: "task", id, add, remove }),
        { add_labels: [...add], remove_labels: [...remove] },
      );
    },

    removeAll(tasks) {
      doAll(
        tasks,
        text.toasts.deletedMany(tasks.length),
        ({ id }) => ({ kind: "task", id, gone: true }),
        (ids) => ({ verb: "tasks.delete", ids }),
        { what: "delete" },
      );
    },
  };
}

/** What an undo makes of a task: the fields that were changed are as before, the others as they are. */
export function takenBack(before: Task, change: Change | undefined): Change {
  const { id } = before;
  if (!change || "is" in change || "gone" in change) return { kind: "task", id, is: before };
  if ("add" in change) {
    const after = relabelled(before.labels, change);
    return {
      kind: "task",
      id,
      add: before.labels.filter((label) => !after.includes(label)),
      remove: after.filter((label) => !before.labels.includes(label)),
    };
  }
  const after = changed(before, change) as Task;
  const fields = Object.keys(change.set) as (keyof Task)[];
  const back = fields.filter((field) => after[field] !== before[field]);
  return { kind: "task", id, set: Object.fromEntries(back.map((field) => [field, before[field]])) };
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) =>
    all.slice(index * size, (index + 1) * size),
  );
}
