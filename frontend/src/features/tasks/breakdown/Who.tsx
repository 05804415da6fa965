import type { Ai, Breakdown } from "@/shared/api/types";
import { useToday } from "@/shared/clock/useToday";
import { breakdown as text } from "@/shared/text/breakdown";

import { useZone } from "../context";
import { whenText } from "../deadline/when";

/** Who makes plans here, what is left of today, and what leaves the server for it. */
export function WhoWillMake({ ai }: { readonly ai: Ai | null }) {
  const zone = useZone();
  const today = useToday(zone);
  if (!ai) return <p className="min-h-[18px]" />;
  const { limit, left, resets_at: resets } = ai.budget;
  return (
    <div className="grid gap-1 text-meta text-muted">
      <p>
        <span className="text-ink">{text.willMake(nameOf(ai))}</span>{" "}
        {ai.planner === "gemini" &&
          (left > 0
            ? text.left(left, limit)
            : text.usedUp(whenText(Date.parse(resets), zone, today)))}
      </p>
      <p>{ai.sends}</p>
    </div>
  );
}

/** Who made it; where nothing has been made, who was asked. */
export function MadeBy({ draft }: { readonly draft: Breakdown }) {
  const made = draft.verdict !== null || draft.steps.length > 0;
  return <span>{(made ? text.madeBy : text.asked)(nameOf(draft))}</span>;
}

function nameOf({ planner, model }: Pick<Ai, "planner" | "model">): string {
  return planner === "gemini" ? text.gemini(model) : text.offline;
}
