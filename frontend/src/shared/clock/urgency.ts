import { DAY_MS, HOUR_MS } from "@/shared/lib/durations";

import type { Reading } from "./countdown";

export type Urgency = "calm" | "soon" | "now" | "past";

/** How near a deadline is: within a day is soon, within an hour is now. */
export function urgency(deadline: number, now: number): Reading<Urgency> {
  const left = deadline - now;
  if (left <= 0) return { value: "past", until: null };
  if (left < HOUR_MS) return { value: "now", until: deadline };
  // The threshold itself still belongs to the calmer side, hence the one millisecond.
  if (left < DAY_MS) return { value: "soon", until: deadline - HOUR_MS + 1 };
  return { value: "calm", until: deadline - DAY_MS + 1 };
}
