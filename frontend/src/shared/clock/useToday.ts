import { useCallback } from "react";

import { addDays, dayOf, startOfDay } from "@/shared/lib/zone";

import { useReading } from "./react";

/** Today in `zone`, as `2026-11-22`; changes at midnight. */
export function useToday(zone: string): string {
  return useReading(
    useCallback(
      (now: number) => {
        const value = dayOf(now, zone);
        return { value, until: startOfDay(addDays(value, 1), zone) };
      },
      [zone],
    ),
  );
}
