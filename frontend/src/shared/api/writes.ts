import type { Write } from "./carryOut";
import { API } from "./http";
import type {
  BatchOperation,
  Beside,
  Children,
  LabelFields,
  ProjectFields,
  TaskFields,
} from "./types";

/** The writes that a person's commands are made of, each as its route takes it. */

export function createTask(fields: { id: string; title: string } & TaskFields): Write {
  return { method: "POST", path: `${API}/tasks/`, body: fields };
}

export function updateTask(id: string, fields: TaskFields): Write {
  return { method: "PATCH", path: `${API}/tasks/${id}/`, body: fields };
}

export function completeTask(id: string, children: Children): Write {
  return { method: "POST", path: `${API}/tasks/${id}/complete/`, body: { children } };
}

export function reopenTask(id: string): Write {
  return { method: "POST", path: `${API}/tasks/${id}/reopen/` };
}

export function moveTask(id: string, beside: Beside): Write {
  return { method: "POST", path: `${API}/tasks/${id}/move/`, body: beside };
}

export function deleteTask(id: string): Write {
  return { method: "DELETE", path: `${API}/tasks/${id}/` };
}

export function createProject(fields: { id: string; name: string } & ProjectFields): Write {
  return { method: "POST", path: `${API}/projects/`, body: fields };
}

export function updateProject(id: string, fields: ProjectFields): Write {
  return { method: "PATCH", path: `${API}/projects/${id}/`, body: fields };
}

export function moveProject(id: string, beside: Beside): Write {
  return { method: "POST", path: `${API}/projects/${id}/move/`, body: beside };
}

/** `tasks` says what becomes of those that are in it. */
export function deleteProject(id: string, tasks: "move" | "delete"): Write {
  return { method: "DELETE", path: `${API}/projects/${id}/?tasks=${tasks}` };
}

export function createLabel(fields: { id: string; name: string } & LabelFields): Write {
  return { method: "POST", path: `${API}/labels/`, body: fields };
}

export function updateLabel(id: string, fields: LabelFields): Write {
  return { method: "PATCH", path: `${API}/labels/${id}/`, body: fields };
}

export function deleteLabel(id: string): Write {
  return { method: "DELETE", path: `${API}/labels/${id}/` };
}

/** Several in one transaction and under one name: all are done, or none. */
export function batch(operations: readonly BatchOperation[]): Write {
  return { method: "POST", path: `${API}/batch/`, body: { atomic: true, operations } };
}

/** Takes back what one operation did, whole or not at all. */
export function undoing(opId: string): Write {
  return { method: "POST", path: `${API}/undo/`, body: { op_id: opId } };
}
