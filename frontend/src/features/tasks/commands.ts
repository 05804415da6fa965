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
import { showToast } from "@/shared/ui/toasts";

import { type Deadline, onTheWire } from "./deadline/deadline";
import { makeManyCommands, type ManyCommands, takenBack } from "./manyCommands";
import { makeOrganisingCommands, type OrganisingCommands } from "./organisingCommands";
import { completion, makeTask, REOPENED, set } from "./task";
import { Undos } from "./undos";

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
  /** Takes back what was done last in this window; false where nothing is left. */
  undoLast(): boolean;
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
  readonly offerUndo: (message: string | null, takeBack: () => void) => void;
}

interface Options {
  readonly clock: Clock;
  readonly store: TaskStore;
  readonly operations: Operations;
  readonly zone: () => string;
}

export function makeCommands({ clock, store, operations, zone }: Options): Commands {
  const undos = new Undos();
  const desk: Desk = {
    store,
    zone,
    now: () => new Date(clock.now()).toISOString(),
    submit: (tried, changes, request) => {
      const opId = newUuid();
      operations.submit({ opId, changes, request, tried });
      return opId;
    },
    offerUndo: (message, takeBack) => {
      undos.offer(message, takeBack);
    },
  };
  const { now } = desk;
  /** Changes one task, with its parts if it must be: one request, one operation, one way back. */
  const change = (
    tried: Tried & { readonly name: string },
    message: string | null,
    changes: readonly Change[],
    request: Operation["request"],
  ) => {
    const back = changes.map((one) => {
      const before = store.getTask(one.id);
      return before ? takenBack(before, one) : ({ kind: "task", id: one.id, gone: true } as const);
    });
    const opId = desk.submit(tried, changes, request);
    desk.offerUndo(message, () => {
      desk.submit({ what: "change", name: tried.name }, back, writes.undoing(opId));
    });
  };
  const changing = ({ title }: Task) => ({ what: "change", name: title }) as const;
  const edit = (task: Task, fields: Omit<TaskFields, "deadline" | "due_date">) => {
    const typed = "title" in fields || "notes" in fields;
    const message = typed ? null : text.toasts.changed(task.title);
    change(changing(task), message, [set(task, fields)], writes.updateTask(task.id, fields));
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
      change({ what: "create", name: title }, null, [made], writes.createTask(fields));
    },

    edit,

    reschedule(task, deadline) {
      const request = writes.updateTask(task.id, onTheWire(deadline));
      const message = text.toasts.rescheduled(task.title);
      change(changing(task), message, [set(task, deadline)], request);
    },

    complete(task, children = "leave") {
      const completed = now();
      const parts = children === "complete" ? openPartsOf(store, task.id) : [];
      const changes = [task, ...parts].map((one) => set(one, completion(one, completed)));
      const message = text.toasts.completed(task.title);
      change(changing(task), message, changes, writes.completeTask(task.id, children));
    },

    reopen(task) {
      const message = text.toasts.reopened(task.title);
      change(changing(task), message, [set(task, REOPENED)], writes.reopenTask(task.id));
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
      const message = text.toasts.changed(task.title);
      const request = writes.moveTask(task.id, beside);
      change(changing(task), message, [set(task, { position })], request);
    },

    prioritise(task, priority) {
      edit(task, { priority });
    },

    remove(task) {
      const gone: Change = { kind: "task", id: task.id, gone: true };
      const message = text.toasts.deleted(task.title);
      change({ what: "delete", name: task.title }, message, [gone], writes.deleteTask(task.id));
    },

    undoLast: () => undos.takeLast(),
  };
}

/** Tells a person why something that they did was taken back. */
export function tellRefusal({ tried }: Operation, error: unknown): void {
  const why = explain(error);
  const message =
    "count" in tried
      ? text.toasts.refusedMany[tried.what](tried.count, why)
      : text.toasts.refused[tried.what](tried.name, why);
  showToast({ message });
}

/** The open parts of a task, and theirs. */
function openPartsOf(store: TaskStore, id: string): readonly Task[] {
  const { upcoming, missed } = store.getBoard();
  const open = [...upcoming, ...missed];
  const found: Task[] = [];
  let wholes = new Set([id]);
  while (wholes.size > 0) {
    const parts = open.filter(({ parent }) => parent !== null && wholes.has(parent));
    found.push(...parts.filter((part) => !found.includes(part)));
    const next = new Set(parts.map((part) => part.id));
    wholes = new Set([...next].filter((one) => !wholes.has(one)));
  }
  return found;
}
