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
export type Ai = Readonly<components["schemas"]["Ai"]>;

export type LoggedOperation = Readonly<components["schemas"]["Operation"]>;
export type LoggedOperations = Readonly<components["schemas"]["OperationList"]>;
export type AccessToken = Readonly<components["schemas"]["PersonalToken"]>;
export type NewAccessToken = Readonly<components["schemas"]["NewPersonalToken"]>;
export type AccessTokenFields = components["schemas"]["PersonalTokenCreateRequest"];
export type DeviceSession = Readonly<components["schemas"]["Session"]>;
export type DeviceSessions = Readonly<components["schemas"]["SessionList"]>;
export type ImportReport = Readonly<components["schemas"]["Import"]>;
export type WorkingHours = User["working_hours"];

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
