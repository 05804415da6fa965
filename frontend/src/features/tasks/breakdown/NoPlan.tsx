import { breakdown as text } from "@/shared/text/breakdown";
import { Button } from "@/shared/ui/Button";

import { Frame } from "./Frame";
import type { Desk } from "./useDesk";

interface NoPlanProps {
  readonly desk: Desk;
  /** Whether the goal is a task already. */
  readonly isTask: boolean;
  readonly onAdd: () => void;
  readonly onClose: () => void;
}

/** The goal is a step by itself. */
export function NoPlan({ desk, isTask, onAdd, onClose }: NoPlanProps) {
  return (
    <Frame
      desk={desk}
      actions={
        isTask ? (
          <Button look="main" disabled={desk.busy} onClick={onClose}>
            {text.justDoIt}
          </Button>
        ) : (
          <>
            <Button look="plain" disabled={desk.busy} onClick={onClose}>
              {text.discard}
            </Button>
            <Button look="main" disabled={desk.busy} onClick={onAdd}>
              {text.addAsTask}
            </Button>
          </>
        )
      }
    >
      <div className="mt-5 grid gap-1">
        <h4 className="font-semibold">{text.noPlanTitle}</h4>
        <p>{desk.draft.reason}</p>
      </div>
    </Frame>
  );
}
