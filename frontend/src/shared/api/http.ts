import { takeAhead } from "./ahead";
import { NetworkError, readError } from "./errors";

export const API = "/api/v1";
export const AUTH = "/api/auth/browser/v1";

export type Method = "GET" | "POST" | "PATCH" | "DELETE";

export interface Request {
  readonly body?: unknown;
  /** Sent as it is, in place of a body. */
  readonly file?: { readonly type: string; readonly content: string };
  /** Names the operation: the same request sent twice under one name happens once. */
  readonly opId?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Calls it off: nobody waits for the answer any more. */
  readonly signal?: AbortSignal;
}

/** Browsers hold no more than 64 KiB of what is to outlive its page, all requests together. */
const KEPT_ALIVE_LIMIT = 16_000;

/**
 * Sends a request with the browser's session. Resolves to the answer's body, undefined where it
 * has none; throws ApiError for an answer that says no and NetworkError for no answer.
 */
export async function send(method: Method, path: string, request: Request = {}): Promise<unknown> {
  const headers = new Headers({ Accept: "application/json", ...request.headers });
  const type = request.file?.type ?? (request.body === undefined ? null : "application/json");
  if (type !== null) headers.set("Content-Type", type);
  if (request.opId) headers.set("Idempotency-Key", request.opId);
  if (method !== "GET") headers.set("X-CSRFToken", await csrfToken());
  const sent =
    request.file?.content ??
    (request.body === undefined ? undefined : JSON.stringify(request.body));
  const response = await fetchOrThrow(path, {
    method,
    headers,
    credentials: "same-origin",
    // What is saved while the page goes away arrives all the same.
    keepalive: method !== "GET" && (sent?.length ?? 0) < KEPT_ALIVE_LIMIT,
    ...(sent === undefined ? {} : { body: sent }),
    ...(request.signal ? { signal: request.signal } : {}),
  });
  const body = await readJson(response);
  if (response.ok) return body;
  throw readError(response.status, body, response.headers.get("Retry-After"));
}

/** What was read, and the tag that it was read with. */
export interface Tagged<T> {
  readonly body: T;
  readonly tag: string | null;
}

/** Reads again what was `known`, if it was: null where it is still just that. */
export async function readAgain<T>(path: string, known: string | null): Promise<Tagged<T> | null> {
  const headers = new Headers({ Accept: "application/json" });
  if (known !== null) headers.set("If-None-Match", known);
  const ahead = known === null ? await takeAhead(path) : null;
  // The tag is ours to keep: a browser's own cache would hide that nothing has changed.
  const response =
    ahead ?? (await fetchOrThrow(path, { headers, credentials: "same-origin", cache: "no-store" }));
  if (response.status === 304) return null;
  const body = await readJson(response);
  if (response.ok) return { body: body as T, tag: response.headers.get("ETag") };
  throw readError(response.status, body, response.headers.get("Retry-After"));
}

async function fetchOrThrow(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (cause) {
    throw new NetworkError(cause);
  }
}

async function readJson(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    // An empty answer, or a proxy's page in place of one; the status says the rest.
    return undefined;
  }
}

/** The session endpoint hands out the cookie to whoever lacks it. */
async function csrfToken(): Promise<string> {
  if (!csrfCookie()) await fetchOrThrow(`${AUTH}/auth/session`, { credentials: "same-origin" });
  return csrfCookie() ?? "";
}

function csrfCookie(): string | undefined {
  return /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1];
}
