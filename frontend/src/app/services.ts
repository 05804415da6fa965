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
  return { clock: new Clock(systemTimers), session: new Session(line) };
}
