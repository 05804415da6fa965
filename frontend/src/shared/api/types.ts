import type { components } from "./schema";

/** The wire's shapes by the names the page uses. */
export type Task = Readonly<components["schemas"]["Task"]>;
export type Project = Readonly<components["schemas"]["Project"]>;
export type Label = Readonly<components["schemas"]["Label"]>;
export type Colour = components["schemas"]["ColourEnum"];
export type BatchOperation = components["schemas"]["BatchOperationRequest"];
export type User = Readonly<components["schemas"]["User"]>;
export type About = Readonly<components["schemas"]["About"]>;
export type Breakdown = Readonly<components["schemas"]["Breakdown"]>;
export type Step = Readonly<components["schemas"]["Step"]>;
export type Misfit = Readonly<components["schemas"]["Misfit"]>;
export type Fix = Readonly<components["schemas"]["Fix"]>;
export type Taken = Readonly<components["schemas"]["Taken"]>;
export type Insights = Readonly<components["schemas"]["Insights"]>;
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
  Pick<
    Task,
    | "title"
    | "notes"
    | "deadline"
    | "due_date"
    | "priority"
    | "estimate_min"
    | "project"
    | "labels"
    | "parent"
  >
>;
export type ProjectFields = Partial<Pick<Project, "name" | "colour" | "archived">>;
export type LabelFields = Partial<Pick<Label, "name" | "colour">>;

/** Where something is put in the manual order: right before or right after another one. */
export type Beside = { readonly before: string } | { readonly after: string };
/** What becomes of the open parts of a task that is completed. */
export type Children = components["schemas"]["ChildrenEnum"];
