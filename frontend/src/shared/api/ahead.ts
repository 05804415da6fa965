import { recall } from "@/shared/lib/storage";

/** A question that the document asked by itself (`first.js`), before any of the page's code was here. */
interface Ahead {
  readonly path: string;
  /** When, ms since 1970. */
  readonly at: number;
  /** Who was remembered then: src/features/auth/session.ts. */
  readonly user: string | null;
  /** Null where there was none. */
  readonly answer: Promise<Response | null>;
}

declare global {
  interface Window {
    taskengineAhead?: Ahead;
  }
}

/** What was asked longer ago may have changed since, ms. */
const FRESH_MS = 10_000;

/**
 * The answer to what was asked ahead, once; null where it was something else, for somebody else, too long ago, or in
 * vain: then it is for the caller to ask.
 */
export async function takeAhead(path: string): Promise<Response | null> {
  const { taskengineAhead: ahead } = window;
  if (ahead?.path !== path) return null;
  delete window.taskengineAhead;
  if (ahead.user !== recall("user") || Date.now() - ahead.at > FRESH_MS) return null;
  const answer = await ahead.answer;
  return answer?.ok === true ? answer : null;
}
