import { type RefObject, useState } from "react";

import { text } from "@/shared/text";
import { PopoverPanel } from "@/shared/ui/PopoverPanel";

import { focusedId } from "../board/lists";
import { useHands } from "../board/hands";
import { useWorkspace } from "../context";
import { NO_DEADLINE } from "../deadline/deadline";
import { DeadlinePicker } from "../deadline/DeadlinePicker";
import { useLater } from "./useLater";

interface RescheduleDialogProps {
  readonly ids: readonly string[];
  readonly anchor: RefObject<HTMLElement | null>;
  readonly onClose: () => void;
}

/** Today, tomorrow, the next free slot, or a time of one's own; for the card at hand or all marked. */
export default function RescheduleDialog({ ids, anchor, onClose }: RescheduleDialogProps) {
  const { store } = useWorkspace();
  const { lists } = useHands();
  const [picking, setPicking] = useState(false);
  const tasks = ids.flatMap((id) => store.getTask(id) ?? []);
  const { ways, pick } = useLater(tasks, () => {
    setPicking(true);
  });
  if (picking) {
    return (
      <DeadlinePicker
        open
        onClose={onClose}
        anchor={anchor}
        value={tasks.length === 1 && tasks[0] ? tasks[0] : NO_DEADLINE}
        presets={[]}
        onPick={pick}
      />
    );
  }
  return (
    <PopoverPanel
      onClose={onClose}
      anchor={anchor}
      returnTo={anchor}
      label={text.card.reschedule}
      align="start"
    >
      <div className="grid">
        {ways.map(({ label, run }, index) => (
          <button
            key={index}
            type="button"
            autoFocus={index === 0}
            className="flex min-h-11 items-center justify-between rounded-card px-3 text-left hover:bg-hover focus-visible:-outline-offset-2 wide:min-h-9"
            onKeyDown={(event) => {
              const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[
                event.key
              ] as "nextElementSibling" | "previousElementSibling" | undefined;
              if (step === undefined) return;
              event.preventDefault();
              (event.currentTarget[step] as HTMLElement | null)?.focus();
            }}
            onClick={() => {
              if (index === ways.length - 1) {
                run();
                return;
              }
              // First the focus, so that it goes along with a card that moves by it.
              anchor.current?.focus();
              const at = focusedId();
              run();
              onClose();
              if (at !== null && focusedId() === null) lists.focus(at);
            }}
          >
            {label}
          </button>
        ))}
      </div>
    </PopoverPanel>
  );
}
