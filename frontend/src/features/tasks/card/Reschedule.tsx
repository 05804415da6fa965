import { useRef, useState } from "react";

import type { Task } from "@/shared/api/types";
import { text } from "@/shared/text";
import { buttonClass, type ButtonLook } from "@/shared/ui/Button";
import { ChevronIcon } from "@/shared/ui/icons";
import { Menu } from "@/shared/ui/Menu";

import { NO_DEADLINE } from "../deadline/deadline";
import { DeadlinePicker } from "../deadline/DeadlinePicker";
import { useLater } from "../selection/useLater";

/** A button among others in a narrow card. */
export const NARROW = "@max-[18.5rem]:px-2 @max-[12.5rem]:px-1.5";

interface RescheduleProps {
  readonly tasks: readonly Task[];
  /** What it is called by those who do not see whose it is. */
  readonly label: string;
  readonly look?: ButtonLook;
}

/** A later deadline in two presses; any other one in a few more. */
export function Reschedule({ tasks, label, look = "quiet" }: RescheduleProps) {
  const [picking, setPicking] = useState(false);
  const anchor = useRef<HTMLSpanElement>(null);
  const { ways, pick } = useLater(tasks, () => {
    setPicking(true);
  });
  return (
    <span ref={anchor} tabIndex={-1} className="inline-flex">
      <Menu label={label} className={`${buttonClass(look, true)} ${NARROW}`} items={ways}>
        {text.card.reschedule}
        <ChevronIcon className="size-4 @max-[18.5rem]:hidden" />
      </Menu>
      <DeadlinePicker
        open={picking}
        onClose={() => {
          setPicking(false);
        }}
        anchor={anchor}
        value={NO_DEADLINE}
        presets={[]}
        onPick={pick}
      />
    </span>
  );
}
