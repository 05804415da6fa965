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
import { makeManyCommands, type ManyCommands } from "./manyCommands";
import { makeOrganisingCommands, type OrganisingCommands } from "./organisingCommands";
import { completion, makeTask } from "./task";

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
  /** Takes back what operations did, each whole or not at all. */
  undo(opIds: readonly string[]): void;
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
  readonly offerUndo: (message: string, takeBack: () => void) => void;
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
    offerUndo: (message, run) => {
      showToast({ message, action: { label: text.toasts.undo, run } });
    },
  };
  const { now, offerUndo } = desk;
  const change = (task: Task, changes: readonly Change[], request: Operation["request"]) =>
    desk.submit({ what: "change", name: task.title }, changes, request);
  const edit = (task: Task, fields: Omit<TaskFields, "deadline" | "due_date">) => {
    change(task, [set(task, fields)], writes.updateTask(task.id, fields));
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
      desk.submit({ what: "create", name: title }, [made], writes.createTask(fields));
    },

    edit,

    reschedule(task, deadline) {
      change(task, [set(task, deadline)], writes.updateTask(task.id, onTheWire(deadline)));
    },

    complete(task, children = "leave") {
      const completed = now();
      const parts = children === "complete" ? openPartsOf(store, task.id) : [];
      const changes = [task, ...parts].map((one) => set(one, completion(one, completed)));
      change(task, changes, writes.completeTask(task.id, children));
    },

    reopen(task) {
      change(task, [set(task, REOPENED)], writes.reopenTask(task.id));
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
      change(task, [set(task, { position })], writes.moveTask(task.id, beside));
    },

    prioritise(task, priority) {
      edit(task, { priority });
    },

    remove(task) {
      const gone: Change = { kind: "task", id: task.id, gone: true };
      desk.submit({ what: "delete", name: task.title }, [gone], writes.deleteTask(task.id));
      offerUndo(text.toasts.deleted(task.title), () => {
        change(task, [{ kind: "task", id: task.id, is: task }], writes.restoreTask(task.id));
      });
    },

    undo(opIds) {
      for (const opId of [...opIds].reverse()) {
        desk.submit({ what: "change", count: 1 }, [], writes.undoing(opId));
      }
    },
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

export const REOPENED = { completed_at: null, outcome: null, lateness_s: null } as const;

export function set(task: Task, fields: Partial<Task>): Change {
  return { kind: "task", id: task.id, set: fields };
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
