import { Session } from "@/features/auth/session";
import { Clock } from "@/shared/clock/clock";
import { systemTimers } from "@/shared/lib/timers";

/** What lives as long as the page. */
export interface Services {
  readonly clock: Clock;
  readonly session: Session;
}

export function makeServices(): Services {
  const line = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("session");
  return { clock: new Clock(systemTimers), session: new Session(line, forgetAll) };
}

function forgetAll(viewer: string): void {
  // Where it can't be loaded the next person to sign in deletes it.
  import("@/shared/store/keep/database").then(
    ({ forget }) => forget(viewer),
    () => undefined,
  );
}
