import { useCallback } from "react";

import { useReading } from "@/shared/clock/react";
import { type Urgency, urgency } from "@/shared/clock/urgency";

export function useUrgency(deadline: number): Urgency {
  return useReading(useCallback((now: number) => urgency(deadline, now), [deadline]));
}
