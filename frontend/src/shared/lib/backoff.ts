export interface Backoff {
  readonly baseMs: number;
  readonly capMs: number;
}

/**
 * Full jitter: anything between nothing and the doubled wait, so that a thousand clients that lost
 * the same server do not come back in step.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 */
export function fullJitterMs(backoff: Backoff, attempt: number, random: () => number): number {
  return random() * Math.min(backoff.capMs, backoff.baseMs * 2 ** attempt);
}
