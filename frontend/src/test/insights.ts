import type { Insights } from "@/shared/api/types";
import { addDays } from "@/shared/lib/zone";

const SUNDAY = "2026-11-22";
const EDGES = [0, 900, 3_600, 14_400, 86_400, 259_200, 604_800, null] as const;

export const emptyMatrix = () => Array.from({ length: 7 }, () => Array<number>(24).fill(0));

/** What the server answers an account of which it knows nothing yet. */
export function makeInsights(fields: Partial<Insights> = {}): Insights {
  return {
    as_of: "2026-11-22T12:00:00.000000Z",
    next_transition_at: null,
    time_zone: "UTC",
    buckets: { upcoming: 0, missed: 0, completed: 0 },
    soon: { tasks: [], more: 0 },
    load: Array.from({ length: 14 }, (_, ahead) => ({
      day: addDays(SUNDAY, ahead),
      tasks: 0,
      unestimated: 0,
      due_min: 0,
      capacity_min: ahead % 7 === 0 || ahead % 7 === 6 ? 0 : 480,
    })),
    weeks: Array.from({ length: 12 }, (_, place) => ({
      week: `2026-W${36 + place}`,
      starts_on: addDays("2026-11-16", 7 * (place - 11)),
      settled: 0,
      on_time: 0,
    })),
    missed_by_hour: emptyMatrix(),
    lateness: EDGES.slice(0, -1).map((from, place) => ({
      from_s: from ?? 0,
      until_s: EDGES[place + 1] ?? null,
      tasks: 0,
    })),
    forecast: null,
    ...fields,
  };
}
