import { useEffect, useMemo, useState } from "react";

import { getAi } from "@/shared/api/getAi";
import { getMe } from "@/shared/api/getMe";
import { getTaken } from "@/shared/api/getTaken";
import type { Ai, Breakdown } from "@/shared/api/types";
import { useBoardOf } from "@/shared/store/react";

import { useWorkspace } from "../context";
import { type Calendar, USUAL_CALENDAR, type WorkingHours } from "./layout";

/** Who makes plans here; null until it is known, or where it could not be asked. */
export function useAi(): Ai | null {
  const [ai, setAi] = useState<Ai | null>(null);
  useEffect(() => {
    let left = false;
    getAi().then(
      (found) => {
        if (!left) setAi(found);
      },
      // Each plan says by itself who made it.
      () => undefined,
    );
    return () => {
      left = true;
    };
  }, []);
  return ai;
}

/** Several tasks that change at once, as when a plan is applied, are asked about once. */
const SETTLED_MS = 150;

/**
 * When the person works, and what other tasks take of that before the draft's deadline; until it is
 * known, when people usually do.
 */
export function useCalendar(draft: Breakdown, hoursVersion: number): Calendar {
  const hours = useWorkingHours(hoursVersion);
  const { upcoming } = useBoardOf(useWorkspace().store);
  const [taken, setTaken] = useState(USUAL_CALENDAR.taken);
  const { id, deadline, version } = draft;
  useEffect(() => {
    if (deadline === null) return;
    let left = false;
    const timer = setTimeout(() => {
      getTaken(id).then(
        (found) => {
          if (!left) setTaken(found.taken);
        },
        // The steps have been laid around it all the same.
        () => undefined,
      );
    }, SETTLED_MS);
    return () => {
      left = true;
      clearTimeout(timer);
    };
    // Other tasks, the hours and the draft decide it.
  }, [id, deadline, version, hoursVersion, upcoming]);
  return useMemo(() => ({ hours, taken }), [hours, taken]);
}

function useWorkingHours(version: number): WorkingHours {
  const [hours, setHours] = useState(USUAL_CALENDAR.hours);
  useEffect(() => {
    let left = false;
    getMe().then(
      (me) => {
        if (!left) setHours(me.working_hours);
      },
      () => undefined,
    );
    return () => {
      left = true;
    };
    // A fix may have changed them.
  }, [version]);
  return hours;
}
