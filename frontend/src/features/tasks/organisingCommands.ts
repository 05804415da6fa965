import type {
  Beside,
  Colour,
  Label,
  LabelFields,
  Project,
  ProjectFields,
  Task,
} from "@/shared/api/types";
import * as writes from "@/shared/api/writes";
import { newUuid } from "@/shared/lib/uuid";
import type { Change } from "@/shared/store/change";
import type { Tried } from "@/shared/store/operations";
import { placeBeside, placeOfNew } from "@/shared/store/place";
import { BUCKETS } from "@/shared/store/bucket";
import { text } from "@/shared/text";

import type { Desk } from "./commands";

/** What can be done with projects and labels. */
export interface OrganisingCommands {
  /** The id that it has from now on: tasks may be put into it at once. */
  createProject(name: string, colour: Colour): string;
  /** Renames, recolours, archives. */
  editProject(project: Project, fields: ProjectFields): void;
  reorderProject(project: Project, beside: Beside): void;
  /** Its tasks are taken out of it, or deleted with it. */
  removeProject(project: Project, tasks: "move" | "delete"): void;
  createLabel(name: string, colour: Colour): string;
  editLabel(label: Label, fields: LabelFields): void;
  removeLabel(label: Label): void;
}

export function makeOrganisingCommands({
  store,
  now,
  submit,
  offerUndo,
}: Desk): OrganisingCommands {
  const tasksWhere = (meant: (task: Task) => boolean) =>
    BUCKETS.flatMap((bucket) => store.getBoard()[bucket].filter(meant));
  /** A guess of what the undo brings back; the stream says what it did bring. */
  const remove = (
    one: { readonly id: string; readonly name: string },
    changes: readonly Change[],
    back: readonly Change[],
    request: Parameters<Desk["submit"]>[2],
  ) => {
    const opId = submit({ what: "delete", name: one.name }, changes, request);
    const takeBack = () => {
      submit(changing(one), back, writes.undoing(opId));
    };
    offerUndo({ ops: [opId], says: text.toasts.deleted(one.name), takeBack });
  };

  return {
    createProject(name, colour) {
      const [id, at] = [newUuid(), now()];
      const head = { id, name, colour, version: 0, created_at: at, updated_at: at };
      const is = { ...head, position: placeOfNew(Date.parse(at)), archived: false };
      const request = writes.createProject({ id, name, colour });
      submit({ what: "create", name }, [{ kind: "project", id, is }], request);
      return id;
    },

    editProject(project, fields) {
      const { id } = project;
      const request = writes.updateProject(id, fields);
      submit(changing(project), [{ kind: "project", id, set: fields }], request);
    },

    reorderProject(project, beside) {
      const { id } = project;
      const others = store.getProjects().filter((other) => other.id !== id);
      const position = placeBeside(beside, others);
      if (position === null) return;
      const request = writes.moveProject(id, beside);
      submit(changing(project), [{ kind: "project", id, set: { position } }], request);
    },

    removeProject(project, tasks) {
      const { id } = project;
      const inside = tasksWhere((task) => task.project === id);
      const left = (task: Task): Change =>
        tasks === "delete"
          ? { kind: "task", id: task.id, gone: true }
          : { kind: "task", id: task.id, set: { project: null } };
      remove(
        project,
        [{ kind: "project", id, gone: true }, ...inside.map(left)],
        [
          { kind: "project", id, is: project },
          ...inside.map((task): Change =>
            tasks === "delete"
              ? { kind: "task", id: task.id, is: task }
              : { kind: "task", id: task.id, set: { project: id } },
          ),
        ],
        writes.deleteProject(id, tasks),
      );
    },

    createLabel(name, colour) {
      const [id, at] = [newUuid(), now()];
      const is = { id, name, colour, version: 0, created_at: at, updated_at: at };
      const request = writes.createLabel({ id, name, colour });
      submit({ what: "create", name }, [{ kind: "label", id, is }], request);
      return id;
    },

    editLabel(label, fields) {
      const { id } = label;
      const request = writes.updateLabel(id, fields);
      submit(changing(label), [{ kind: "label", id, set: fields }], request);
    },

    removeLabel(label) {
      const { id } = label;
      const carriers = tasksWhere((task) => task.labels.includes(id));
      const relabel = (task: Task, add: string[], taken: string[]): Change => ({
        kind: "task",
        id: task.id,
        add,
        remove: taken,
      });
      remove(
        label,
        [{ kind: "label", id, gone: true }, ...carriers.map((task) => relabel(task, [], [id]))],
        [{ kind: "label", id, is: label }, ...carriers.map((task) => relabel(task, [id], []))],
        writes.deleteLabel(id),
      );
    },
  };
}

function changing({ name }: { readonly name: string }): Tried {
  return { what: "change", name };
}
