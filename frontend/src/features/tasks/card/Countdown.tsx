import { useCallback } from "react";

import { timeLeft } from "@/shared/clock/countdown";
import { useReading } from "@/shared/clock/react";
import type { Urgency } from "@/shared/clock/urgency";

import { useUrgency } from "./useUrgency";

const COLOURS: Record<Urgency, string> = {
  calm: "text-calm",
  soon: "text-soon",
  now: "text-now",
  past: "text-missed",
};

/** The time left, counting down by itself. */
export function Countdown({ deadline }: { readonly deadline: number }) {
  const left = useReading(useCallback((now: number) => timeLeft(deadline, now), [deadline]));
  const colour = COLOURS[useUrgency(deadline)];
  return (
    // A timer's ticks are not to be read out; misses are announced.
    <span role="timer" aria-live="off" className={`tabular ${colour}`}>
      {left}
    </span>
  );
}
