import { createContext, useCallback, useContext, useSyncExternalStore } from "react";

import type { Clock } from "./clock";
import type { Reading } from "./countdown";

const ClockContext = createContext<Clock | null>(null);

export const ClockProvider = ClockContext.Provider;

export function useClock(): Clock {
  const clock = useContext(ClockContext);
  if (!clock) throw new Error("useClock needs a ClockProvider above it.");
  return clock;
}

/**
 * What `read` says now. The component is drawn again only when it would say something else.
 * `read` must be stable (module level, or from useCallback) and its value a primitive.
 */
export function useReading<T extends string | number | boolean>(
  read: (now: number) => Reading<T>,
): T {
  const clock = useClock();
  const subscribe = useCallback(
    (changed: () => void) => clock.watch((now) => read(now).until, changed),
    [clock, read],
  );
  return useSyncExternalStore(subscribe, () => read(clock.now()).value);
}
