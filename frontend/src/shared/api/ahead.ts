import { recall } from "@/shared/lib/storage";

/** A question that the document asked by itself (`first.js`), before any of the page's code was here. */
interface Ahead {
  readonly path: string;
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

/**
 * The answer to what was asked ahead, once; null where it was something else, for somebody else, or in vain: then it
 * is for the caller to ask.
 */
export async function takeAhead(path: string): Promise<Response | null> {
  const { taskengineAhead: ahead } = window;
  if (ahead?.path !== path) return null;
  delete window.taskengineAhead;
  if (ahead.user !== recall("user")) return null;
  const answer = await ahead.answer;
  return answer?.ok === true ? answer : null;
}
