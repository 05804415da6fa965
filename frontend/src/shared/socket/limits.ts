/** A server that takes longer to connect, and then to say welcome, is tried again. */
export const WELCOME_LIMIT_MS = 15_000;
/** The server pings each 25 s with jitter; two missed in a row mean that nobody is there. */
export const SILENCE_LIMIT_MS = 60_000;
/** A tab that was asleep does not wait out the rest of the limit above. */
export const SILENCE_ON_WAKE_MS = 35_000;
/** A connection that has held this long starts the backoff anew. */
export const STABLE_MS = 5_000;
/** So long without a connection, and "Reconnecting" is no longer the honest word. */
export const OFFLINE_AFTER_MS = 15_000;
/** What a ping's head is ahead of us is on its way: something comes within this. */
export const BEHIND_LIMIT_MS = 5_000;
