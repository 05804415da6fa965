import { explain } from "@/shared/api/errors";
import type { Beside, Children, Priority, Task, TaskFields } from "@/shared/api/types";
import * as writes from "@/shared/api/writes";
import type { Clock } from "@/shared/clock/clock";
import { newUuid } from "@/shared/lib/uuid";
import type { Change } from "@/shared/store/change";
import type { Operation, Operations, Tried } from "@/shared/store/operations";
import { placeBeside } from "@/shared/store/place";
import type { TaskStore } from "@/shared/store/store";
import { text } from "@/shared/text";
import { showRefusal } from "@/shared/ui/toasts";
import { type Deed, undos } from "@/shared/ui/undos";

import { type Deadline, onTheWire } from "./deadline/deadline";
import { makeManyCommands, type ManyCommands, takenBack } from "./manyCommands";
import { makeOrganisingCommands, type OrganisingCommands } from "./organisingCommands";
import { completion, makeTask, REOPENED, set } from "./task";

/** What may be said of a task beside its title and deadline as it is made. */
export type NewTaskFields = Partial<
  Pick<Task, "id" | "notes" | "priority" | "estimate_min" | "project" | "labels" | "parent">
>;

/** What a person can do. Each shows at once; see Operations for what follows. */
export interface Commands extends ManyCommands, OrganisingCommands {
  create(title: string, deadline: Deadline, fields?: NewTaskFields): void;
  edit(task: Task, fields: Omit<TaskFields, "deadline" | "due_date">): void;
  reschedule(task: Task, deadline: Deadline): void;
  /** Open parts stay open unless they are to be completed with it. */
  complete(task: Task, children?: Children): void;
  reopen(task: Task): void;
  /** Puts it right before or after another one in the manual order. */
  reorder(task: Task, beside: Beside): void;
  prioritise(task: Task, priority: Priority): void;
  remove(task: Task): void;
}

/** What commands are made of. */
export interface Desk {
  readonly store: TaskStore;
  readonly now: () => string;
  readonly zone: () => string;
  /** Shows it and has it sent; the operation's name. */
  readonly submit: (
    tried: Tried,
    changes: readonly Change[],
    request: Operation["request"],
  ) => string;
  /** Says what was done, where it can be taken back. */
  readonly offerUndo: (deed: Deed) => void;
}

interface Options {
  readonly clock: Clock;
  readonly store: TaskStore;
  readonly operations: Operations;
  readonly zone: () => string;
}

export function makeCommands({ clock, store, operations, zone }: Options): Commands {
  const desk: Desk = {
    store,
    zone,
    now: () => new Date(clock.now()).toISOString(),
    submit: (tried, changes, request) => {
      const opId = newUuid();
      operations.submit({ opId, changes, request, tried });
      return opId;
    },
    offerUndo: (deed) => {
      undos.offer(deed);
    },
  };
  const { now } = desk;
  /** Changes one task, with its parts if it must be: one request, one operation, one way back. */
  const change = (
    tried: Tried & { readonly name: string },
    says: Pick<Deed, "says" | "quiet">,
    changes: readonly Change[],
    request: Operation["request"],
  ) => {
    const back = changes.map((one) => {
      const before = store.getTask(one.id);
      return before ? takenBack(before, one) : ({ kind: "task", id: one.id, gone: true } as const);
    });
    const opId = desk.submit(tried, changes, request);
    const takeBack = () => {
      desk.submit({ what: "change", name: tried.name }, back, writes.undoing(opId));
    };
    desk.offerUndo({ ...says, ops: [opId], takeBack });
  };
  const changing = ({ title }: Task) => ({ what: "change", name: title }) as const;
  const edit = (task: Task, fields: Omit<TaskFields, "deadline" | "due_date">) => {
    const says = { says: text.toasts.changed(task.title) };
    const typed = "title" in fields || "notes" in fields;
    change(
      changing(task),
      typed ? { ...says, quiet: true } : says,
      [set(task, fields)],
      writes.updateTask(task.id, fields),
    );
  };

  return {
    ...makeManyCommands(desk),
    ...makeOrganisingCommands(desk),

    create(title, deadline, more = {}) {
      const task = makeTask(title, now(), {
        ...deadline,
        ...more,
        time_zone: deadline.due_date === null ? null : zone(),
      });
      const fields = { ...more, id: task.id, title, ...onTheWire(deadline) };
      const made: Change = { kind: "task", id: task.id, is: task };
      const says = { says: text.toasts.added(title), quiet: true } as const;
      change({ what: "create", name: title }, says, [made], writes.createTask(fields));
    },

    edit,

    reschedule(task, deadline) {
      const request = writes.updateTask(task.id, onTheWire(deadline));
      const says = { says: text.toasts.rescheduled(task.title) };
      change(changing(task), says, [set(task, deadline)], request);
    },

    complete(task, children = "leave") {
      const completed = now();
      const parts = children === "complete" ? openPartsOf(store, task.id) : [];
      const changes = [task, ...parts].map((one) => set(one, completion(one, completed)));
      const says = { says: text.toasts.completed(task.title) };
      change(changing(task), says, changes, writes.completeTask(task.id, children));
    },

    reopen(task) {
      const says = { says: text.toasts.reopened(task.title) };
      change(changing(task), says, [set(task, REOPENED)], writes.reopenTask(task.id));
    },

    reorder(task, beside) {
      const other = store.getTask("before" in beside ? beside.before : beside.after);
      if (!other) return;
      const { upcoming, missed } = store.getBoard();
      const others = [...upcoming, ...missed].filter(
        ({ id, project }) => id !== task.id && project === other.project,
      );
      const position = placeBeside(beside, others.includes(other) ? others : [...others, other]);
      if (position === null) return;
      const says = { says: text.toasts.changed(task.title) };
      const request = writes.moveTask(task.id, beside);
      change(changing(task), says, [set(task, { position })], request);
    },

    prioritise(task, priority) {
      edit(task, { priority });
    },

    remove(task) {
      const gone: Change = { kind: "task", id: task.id, gone: true };
      const says = { says: text.toasts.deleted(task.title) };
      change({ what: "delete", name: task.title }, says, [gone], writes.deleteTask(task.id));
    },
  };
}

/**
 * Tells a person why something that they did was taken back, to which there is no way back then; and how many changes
 * to it went with it.
 */
export function tellRefusal(
  { opId, tried }: Operation,
  error: unknown,
  moot: readonly Operation[],
): void {
  const why = explain(error);
  for (const gone of [opId, ...moot.map((one) => one.opId)]) undos.forget(gone);
  const message =
    "count" in tried
      ? text.toasts.refusedMany[tried.what](tried.count, why)
      : text.toasts.refused[tried.what](tried.name, why);
  // That it was deleted again is no loss.
  const lost = moot.filter(({ changes }) => changes.some((change) => !("gone" in change)));
  showRefusal(lost.length > 0 ? `${message} ${text.toasts.wentWithIt(lost.length)}` : message);
}

/** The open parts of a task, and theirs; never itself, were they ever to lead back to it. */
function openPartsOf(store: TaskStore, id: string): readonly Task[] {
  const { upcoming, missed } = store.getBoard();
  const open = [...upcoming, ...missed];
  const found: Task[] = [];
  const seen = new Set([id]);
  let wholes: ReadonlySet<string> = seen;
  while (wholes.size > 0) {
    const parts = open.filter(
      ({ id: one, parent }) => parent !== null && wholes.has(parent) && !seen.has(one),
    );
    found.push(...parts);
    wholes = new Set(parts.map((part) => part.id));
    for (const one of wholes) seen.add(one);
  }
  return found;
}
