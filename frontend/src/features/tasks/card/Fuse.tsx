import { useCallback } from "react";

import { useReading } from "@/shared/clock/react";
import { SECOND_MS } from "@/shared/lib/durations";
import type { Urgency } from "@/shared/clock/urgency";

import { useUrgency } from "./useUrgency";

/** A step is about one pixel of a card's width: finer would not be seen. */
const STEPS = 320;

const COLOURS: Record<Urgency, string> = {
  calm: "bg-line-strong",
  soon: "bg-soon",
  now: "bg-now",
  past: "bg-missed",
};

interface FuseProps {
  readonly created: number;
  readonly deadline: number;
}

/** How long one step lasts, ms. Short fuses step once a second and glide in between. */
function stepOf({ created, deadline }: FuseProps): number {
  return Math.max(SECOND_MS, (deadline - created) / STEPS);
}

/**
 * What is left of the time between creation and deadline, from 0 to 1, as it will be when the
 * present step ends: the line glides there while the step lasts, and so is never late.
 */
export function fuseLeft(fuse: FuseProps, now: number): { value: number; until: number | null } {
  const { created, deadline } = fuse;
  if (now >= deadline || deadline <= created) return { value: 0, until: null };
  const step = stepOf(fuse);
  const until = Math.min(deadline, created + (Math.floor((now - created) / step) + 1) * step);
  return { value: Math.min(1, (deadline - until) / (deadline - created)), until };
}

/** The 2 px line under a card that burns down to the deadline, by transform alone. */
export function Fuse({ created, deadline }: FuseProps) {
  const left = useReading(
    useCallback((now: number) => fuseLeft({ created, deadline }, now), [created, deadline]),
  );
  const colour = COLOURS[useUrgency(deadline)];
  const glide = Math.min(stepOf({ created, deadline }), SECOND_MS);
  return (
    <span aria-hidden="true" className="absolute inset-x-0 bottom-0 h-0.5">
      <span
        className={`block h-full origin-left ${colour}`}
        style={{
          transform: `scaleX(${left.toFixed(4)})`,
          transition: `transform ${glide}ms linear, background-color 400ms`,
        }}
      />
    </span>
  );
}
