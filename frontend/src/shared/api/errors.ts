import { text } from "@/shared/text";

/** One thing that was wrong with what was sent. `field` is empty where it is about the whole. */
export interface FieldError {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** The server answered, and the answer was no. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly fields: readonly FieldError[];
  /** How long the server asks to wait, ms; null if it did not say. */
  readonly retryAfterMs: number | null;

  constructor(answer: {
    status: number;
    code: string;
    message: string;
    fields?: readonly FieldError[];
    retryAfterMs?: number | null;
  }) {
    super(answer.message);
    this.name = "ApiError";
    this.status = answer.status;
    this.code = answer.code;
    this.fields = answer.fields ?? [];
    this.retryAfterMs = answer.retryAfterMs ?? null;
  }
}

/** There was no answer; whether the request arrived is not known. */
export class NetworkError extends Error {
  constructor(cause: unknown) {
    super(text.errors.network, { cause });
    this.name = "NetworkError";
  }
}

/** It waited for a day, and what it was about has changed since. */
export class Outdated extends Error {
  constructor() {
    super(text.errors.outdated);
    this.name = "Outdated";
  }
}

/** Reads either of the two shapes in which the server refuses: RFC 9457, or the accounts' own. */
export function readError(status: number, body: unknown, retryAfter: string | null): ApiError {
  const problem = reasonOf(body ?? {});
  const fields = (problem.errors ?? []).map((error) => ({
    field: error.param ?? error.pointer?.replace(/^[#/]+/, "") ?? "",
    code: error.code ?? "",
    message: text.errors.byCode[error.code ?? ""] ?? error.message ?? error.detail ?? "",
  }));
  const seconds = retryAfter === null ? NaN : Number(retryAfter);
  return new ApiError({
    status,
    code: problem.code ?? fields[0]?.code ?? "",
    message: sentence(status, problem, fields),
    fields,
    retryAfterMs: Number.isFinite(seconds) ? seconds * 1_000 : null,
  });
}

/** What to tell a person about anything that was thrown. */
export function explain(error: unknown): string {
  return error instanceof ApiError || error instanceof NetworkError || error instanceof Outdated
    ? error.message
    : text.errors.unknown;
}

/** A batch is refused for what is wrong with one of its operations. */
function reasonOf(problem: Problem): Problem {
  return problem.failed?.problem ?? problem;
}

interface Problem {
  readonly failed?: { readonly problem: Problem };
  readonly code?: string;
  readonly title?: string;
  readonly detail?: string;
  readonly errors?: readonly {
    readonly param?: string;
    readonly pointer?: string;
    readonly code?: string;
    readonly message?: string;
    readonly detail?: string;
  }[];
}

function sentence(status: number, problem: Problem, fields: readonly FieldError[]): string {
  // Of something invalid the fields say more than the whole does.
  const known = problem.code === "invalid" ? undefined : text.errors.byCode[problem.code ?? ""];
  if (known !== undefined) return known;
  if (status === 429) return text.errors.tooMany;
  // A refusal for lack of room explains itself; other failures have nothing to tell a person.
  if (status >= 500 && !(status === 503 && problem.detail)) return text.errors.server;
  if (status === 404) return text.errors.gone;
  const said = [fields[0]?.message, problem.detail, problem.title];
  return said.find((one) => one !== undefined && one !== "") ?? text.errors.unknown;
}
