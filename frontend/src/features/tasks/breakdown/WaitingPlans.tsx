import type { Breakdown } from "@/shared/api/types";
import { text } from "@/shared/text";
import { Button } from "@/shared/ui/Button";
import { StepsIcon } from "@/shared/ui/icons";

import { useWorkspace } from "../context";

/** More than a few would push the board away. */
const MOST = 3;

interface WaitingPlansProps {
  readonly drafts: readonly Breakdown[];
}

/** Plans for goals that are no task yet: nothing else on the board leads back to them. */
export default function WaitingPlans({ drafts }: WaitingPlansProps) {
  const { subject } = useWorkspace();
  const waiting = drafts.filter(({ task }) => task === null).slice(0, MOST);
  if (waiting.length === 0) return null;
  return (
    <ul className="grid grid-cols-1 gap-1">
      {waiting.map(({ id, goal }) => (
        <li
          key={id}
          className="appear flex items-center gap-2 rounded-card bg-hover py-1 pr-1 pl-3"
        >
          <StepsIcon className="size-4 text-accent" />
          <p className="min-w-0 flex-1 truncate">{text.plan.waiting(goal)}</p>
          <Button
            look="plain"
            small
            className="font-semibold text-accent"
            onClick={() => {
              subject.set({ draftId: id });
            }}
          >
            {text.plan.open}
          </Button>
        </li>
      ))}
    </ul>
  );
}
