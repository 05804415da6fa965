import { useCallback } from "react";

import { useReading } from "@/shared/clock/react";
import { MINUTE_MS } from "@/shared/lib/durations";
import { text } from "@/shared/text";

import { useZone } from "../context";
import { timeOfDay } from "../deadline/when";

/** The line toward which every open task drifts. */
export function NowLine() {
  const zone = useZone();
  const time = useReading(
    useCallback(
      (now: number) => ({
        value: timeOfDay(now, zone),
        until: (Math.floor(now / MINUTE_MS) + 1) * MINUTE_MS,
      }),
      [zone],
    ),
  );
  return (
    <div className="flex items-center gap-3 text-meta text-now">
      <span className="tabular">
        {text.board.now} {time}
      </span>
      <span aria-hidden="true" className="h-px flex-1 bg-now opacity-50" />
    </div>
  );
}
