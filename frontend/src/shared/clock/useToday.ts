import { useCallback } from "react";

import { addDays, dayOf, startOfDay } from "@/shared/lib/zone";

import type { Reading } from "./countdown";
import { useReading } from "./react";

/** The day that was read last in each zone, and since when it is known to be that day. */
const read = new Map<string, Reading & { readonly since: number; readonly until: number }>();

/** Today in `zone`, as `2026-11-22`; changes at midnight. */
export function useToday(zone: string): string {
  return useReading(useCallback((now: number) => todayIn(zone, now), [zone]));
}

/** Each card asks, and a calendar is slow to ask: it is asked once a day. */
function todayIn(zone: string, now: number): Reading {
  const known = read.get(zone);
  if (known && known.since <= now && now < known.until) return known;
  const value = dayOf(now, zone);
  const today = { value, since: now, until: startOfDay(addDays(value, 1), zone) };
  read.set(zone, today);
  return today;
}
