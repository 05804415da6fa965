import { ApiError } from "./errors";
import { type Method, send } from "./http";
import type { Label, Project, Task } from "./types";

/** A write as plain data, so that it can wait, over a reload too, until it can be sent. */
export interface Write {
  readonly method: Exclude<Method, "GET">;
  readonly path: string;
  readonly body?: unknown;
}

/**
 * Sends a write under its operation's name. Resolves to the objects that the answer holds, in
 * whichever form its route gives them. What is to be deleted and is gone already counts as deleted.
 */
export async function carryOut(
  { method, path, body }: Write,
  opId: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly (Task | Project | Label)[]> {
  try {
    return objectsIn(
      await send(method, path, { opId, headers, ...(body === undefined ? {} : { body }) }),
    );
  } catch (error) {
    if (method === "DELETE" && error instanceof ApiError && error.status === 404) return [];
    throw error;
  }
}

/** One object, several under `tasks`, or what became of each operation of a batch. */
function objectsIn(answer: unknown): readonly (Task | Project | Label)[] {
  if (typeof answer !== "object" || answer === null) return [];
  if ("results" in answer && Array.isArray(answer.results)) {
    return (answer.results as { body?: unknown }[]).flatMap(({ body }) => objectsIn(body));
  }
  if ("tasks" in answer && Array.isArray(answer.tasks)) return answer.tasks as Task[];
  return "id" in answer && "version" in answer ? [answer as Task] : [];
}
