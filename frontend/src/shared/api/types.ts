import type { components } from "./schema";

/** The wire's shapes by the names the page uses. */
export type Task = Readonly<components["schemas"]["Task"]>;
export type User = Readonly<components["schemas"]["User"]>;
export type About = Readonly<components["schemas"]["About"]>;
export type Breakdown = Readonly<components["schemas"]["Breakdown"]>;
export type Step = Readonly<components["schemas"]["Step"]>;
export type Misfit = Readonly<components["schemas"]["Misfit"]>;
export type Fix = Readonly<components["schemas"]["Fix"]>;
export type Taken = Readonly<components["schemas"]["Taken"]>;
export type Insights = Readonly<components["schemas"]["Insights"]>;
export type Ai = Readonly<components["schemas"]["Ai"]>;

export type BreakdownRequest = Partial<components["schemas"]["BreakdownCreateRequest"]>;
export type RegenerateRequest = components["schemas"]["RegenerateRequest"];
export type BreakdownFields = components["schemas"]["PatchedBreakdownPatchRequest"];
export type NewStep = components["schemas"]["StepWriteRequest"];
export type StepFields = components["schemas"]["PatchedStepWriteRequest"];

export type Priority = 1 | 2 | 3 | 4;

/** What a person may set on a task. */
export type TaskFields = Partial<
  Pick<Task, "title" | "notes" | "deadline" | "due_date" | "priority">
>;
