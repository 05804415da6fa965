import type { components } from "./schema";

/** The wire's shapes by the names the page uses. */
export type Task = Readonly<components["schemas"]["Task"]>;
export type User = Readonly<components["schemas"]["User"]>;
export type About = Readonly<components["schemas"]["About"]>;

export type Priority = 1 | 2 | 3 | 4;

/** What a person may set on a task. */
export type TaskFields = Partial<
  Pick<Task, "title" | "notes" | "deadline" | "due_date" | "priority">
>;
