import { useId } from "react";

import type { Fix } from "@/shared/api/types";
import { updateBreakdown } from "@/shared/api/updateBreakdown";
import { updateMe } from "@/shared/api/updateMe";
import { useToday } from "@/shared/clock/useToday";
import { breakdown as text } from "@/shared/text/breakdown";
import { Button } from "@/shared/ui/Button";
import { CheckIcon, MissedIcon } from "@/shared/ui/icons";

import { useZone } from "../context";
import { whenText } from "../deadline/when";
import type { Desk } from "./useDesk";

/** The first of them are the least painful. */
const MOST_FIXES = 4;

interface FitProps {
  readonly desk: Desk;
  /** The person's working hours were changed. */
  readonly onHours: () => void;
}

/** Whether the steps fit before the deadline, in words; where they don't, what would help. */
export function Fit({ desk, onHours }: FitProps) {
  const { draft, busy, act } = desk;
  const { misfit, deadline, steps } = draft;
  const title = useId();
  const zone = useZone();
  const today = useToday(zone);
  const take = (fix: Fix) =>
    act(async (opId) => {
      if (fix.hours) {
        await updateMe({ working_hours: fix.hours });
        onHours();
      }
      const fields = {
        ...(fix.deadline === null ? {} : { deadline: fix.deadline }),
        ...(fix.dropped.length > 0 ? { drop: fix.dropped } : {}),
      };
      return updateBreakdown(draft.id, fields, opId);
    });
  if (misfit) {
    // What no button here can do is left out.
    const fixes = misfit.fixes.filter(({ changes }) => !changes.includes("release_steps"));
    return (
      <section aria-labelledby={title} className="mt-3 grid gap-2 rounded-card bg-missed-wash p-3">
        <h4 id={title} className="flex items-center gap-2 font-semibold">
          <MissedIcon className="size-4 text-missed" />
          {text.misfit}
        </h4>
        <p>{misfit.detail}</p>
        {fixes.length > 0 && (
          <>
            <p className="text-meta text-muted">{text.fixes}</p>
            <ul className="grid gap-1.5">
              {fixes.slice(0, MOST_FIXES).map((fix) => (
                <li key={fix.detail} className="flex flex-wrap items-center gap-x-3 gap-y-0.5">
                  <Button
                    small
                    className="h-auto py-2 text-left whitespace-normal!"
                    disabled={busy}
                    onClick={() => void take(fix)}
                  >
                    {fix.detail.replace(/\.$/, "")}
                  </Button>
                  {fix.hours && <span className="text-meta text-muted">{text.hoursHint}</span>}
                </li>
              ))}
            </ul>
          </>
        )}
      </section>
    );
  }
  const last = steps.map((step) => step.deadline).reduce(later, null);
  if (deadline === null || last === null) return null;
  return (
    <p className="mt-2 flex items-center gap-1.5 text-meta text-done">
      <CheckIcon className="size-3.5" />
      {text.fits(whenText(Date.parse(last), zone, today))}
    </p>
  );
}

function later(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return Date.parse(a) > Date.parse(b) ? a : b;
}
