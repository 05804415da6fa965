import { useEffect, useState } from "react";

import { getAi } from "@/shared/api/getAi";
import { getMe } from "@/shared/api/getMe";
import type { Ai } from "@/shared/api/types";

import { USUAL_HOURS, type WorkingHours } from "./layout";

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

/** When the person works; until that is known, when people usually do. */
export function useWorkingHours(version: number): WorkingHours {
  const [hours, setHours] = useState<WorkingHours>(USUAL_HOURS);
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
