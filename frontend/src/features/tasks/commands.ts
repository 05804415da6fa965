import { completeTask } from "@/shared/api/completeTask";
import { createTask } from "@/shared/api/createTask";
import { deleteTask } from "@/shared/api/deleteTask";
import { explain } from "@/shared/api/errors";
import { reopenTask } from "@/shared/api/reopenTask";
import { restoreTask } from "@/shared/api/restoreTask";
import type { Task, TaskFields } from "@/shared/api/types";
import { updateTask } from "@/shared/api/updateTask";
import type { Clock } from "@/shared/clock/clock";
import { SECOND_MS } from "@/shared/lib/durations";
import { newUuid } from "@/shared/lib/uuid";
import type { Operation, Operations } from "@/shared/store/operations";
import type { Change } from "@/shared/store/overlay";
import { text } from "@/shared/text";
import { showToast } from "@/shared/ui/toasts";

import { type Deadline, onTheWire } from "./deadline/deadline";

const DEFAULT_PRIORITY = 4;

/** What a person can do with tasks. Each shows at once; see Operations for what follows. */
export interface Commands {
  create(title: string, deadline: Deadline): void;
  edit(task: Task, fields: Pick<TaskFields, "title" | "notes" | "priority">): void;
  reschedule(task: Task, deadline: Deadline): void;
  complete(task: Task): void;
  reopen(task: Task): void;
  remove(task: Task): void;
}

export function makeCommands(clock: Clock, operations: Operations, zone: string): Commands {
  const submit = (
    task: Pick<Task, "id" | "title">,
    change: Change,
    send: Operation["send"],
    sentence: (title: string, why: string) => string = text.toasts.refused.change,
  ) => {
    operations.submit({
      opId: newUuid(),
      taskId: task.id,
      change,
      send,
      refused: (error) => {
        showToast({ message: sentence(task.title, explain(error)) });
      },
    });
  };
  const now = () => new Date(clock.now()).toISOString();

  return {
    create(title, deadline) {
      const task = newTask(title, deadline, zone, now());
      const fields = { id: task.id, title, ...onTheWire(deadline) };
      submit(
        task,
        () => task,
        (opId) => createTask(fields, opId),
        text.toasts.refused.create,
      );
    },

    edit(task, fields) {
      submit(task, patch(fields), (opId) => updateTask(task.id, fields, opId));
    },

    reschedule(task, deadline) {
      submit(task, patch(deadline), (opId) => updateTask(task.id, onTheWire(deadline), opId));
    },

    complete(task) {
      const completed = now();
      submit(
        task,
        (before) => before && { ...before, ...outcomeOf(before, completed) },
        (opId) => completeTask(task.id, opId),
      );
    },

    reopen(task) {
      submit(task, patch({ completed_at: null, outcome: null, lateness_s: null }), (opId) =>
        reopenTask(task.id, opId),
      );
    },

    remove(task) {
      submit(
        task,
        () => undefined,
        async (opId) => {
          await deleteTask(task.id, opId);
          return null;
        },
        text.toasts.refused.delete,
      );
      showToast({
        message: text.toasts.deleted(task.title),
        action: {
          label: text.toasts.undo,
          run: () => {
            submit(
              task,
              () => task,
              (opId) => restoreTask(task.id, opId),
            );
          },
        },
      });
    },
  };
}

function patch(fields: Partial<Task>): Change {
  return (before) => before && { ...before, ...fields };
}

function newTask(title: string, deadline: Deadline, zone: string, now: string): Task {
  return {
    id: newUuid(),
    title,
    notes: "",
    ...deadline,
    time_zone: deadline.due_date === null ? null : zone,
    priority: DEFAULT_PRIORITY,
    bucket: "upcoming",
    completed_at: null,
    outcome: null,
    lateness_s: null,
    version: 0,
    created_at: now,
    updated_at: now,
  };
}

/** A guess at what the server will say of a completion; a deadline that is reached is late. */
function outcomeOf(
  task: Task,
  completed: string,
): Pick<Task, "completed_at" | "outcome" | "lateness_s"> {
  const late = task.deadline === null ? -1 : Date.parse(completed) - Date.parse(task.deadline);
  return late >= 0
    ? { completed_at: completed, outcome: "late", lateness_s: Math.floor(late / SECOND_MS) }
    : { completed_at: completed, outcome: "on_time", lateness_s: null };
}
