import { completeTask } from "@/shared/api/completeTask";
import { createTask } from "@/shared/api/createTask";
import { deleteTask } from "@/shared/api/deleteTask";
import { explain } from "@/shared/api/errors";
import { reopenTask } from "@/shared/api/reopenTask";
import { restoreTask } from "@/shared/api/restoreTask";
import type { Task, TaskFields } from "@/shared/api/types";
import { updateTask } from "@/shared/api/updateTask";
import type { Clock } from "@/shared/clock/clock";
import { newUuid } from "@/shared/lib/uuid";
import type { Operation, Operations } from "@/shared/store/operations";
import type { Change } from "@/shared/store/overlay";
import { text } from "@/shared/text";
import { showToast } from "@/shared/ui/toasts";

import { completion, makeTask } from "./task";
import { type Deadline, onTheWire } from "./deadline/deadline";

/** What a person can do with tasks. Each shows at once; see Operations for what follows. */
export interface Commands {
  create(title: string, deadline: Deadline): void;
  edit(task: Task, fields: Pick<TaskFields, "title" | "notes" | "priority">): void;
  reschedule(task: Task, deadline: Deadline): void;
  complete(task: Task): void;
  reopen(task: Task): void;
  remove(task: Task): void;
}

export function makeCommands(clock: Clock, operations: Operations, zone: () => string): Commands {
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
      const task = makeTask(title, now(), {
        ...deadline,
        time_zone: deadline.due_date === null ? null : zone(),
      });
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
        (before) => before && { ...before, ...completion(before, completed) },
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
