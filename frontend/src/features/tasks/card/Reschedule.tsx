import { useRef, useState } from "react";

import type { Task } from "@/shared/api/types";
import { useClock } from "@/shared/clock/react";
import { text } from "@/shared/text";
import { buttonClass } from "@/shared/ui/Button";
import { ChevronIcon } from "@/shared/ui/icons";
import { Menu } from "@/shared/ui/Menu";

import { useWorkspace, useZone } from "../context";
import {
  inOneHour,
  NO_DEADLINE,
  type Preset,
  tomorrowMorning,
  tonight,
} from "../deadline/deadline";
import { DeadlinePicker } from "../deadline/DeadlinePicker";

const CHOICES = [inOneHour, tonight, tomorrowMorning];

/** A later deadline in two presses; any other one in a few more. */
export function Reschedule({ task }: { readonly task: Task }) {
  const clock = useClock();
  const { commands } = useWorkspace();
  const zone = useZone();
  const [picking, setPicking] = useState(false);
  const anchor = useRef<HTMLSpanElement>(null);
  const choose = (choice: Preset) => {
    commands.reschedule(task, choice.at(clock.now(), zone));
  };
  return (
    <span ref={anchor} tabIndex={-1} className="inline-flex">
      <Menu
        label={text.card.rescheduleLabel(task.title)}
        className={buttonClass("quiet", true)}
        items={[
          ...CHOICES.map((choice) => ({
            label: choice.label,
            run: () => {
              choose(choice);
            },
          })),
          {
            label: text.deadline.pick,
            run: () => {
              setPicking(true);
            },
          },
        ]}
      >
        {text.card.reschedule}
        <ChevronIcon />
      </Menu>
      <DeadlinePicker
        open={picking}
        onClose={() => {
          setPicking(false);
        }}
        anchor={anchor}
        value={NO_DEADLINE}
        presets={[]}
        onPick={choose}
      />
    </span>
  );
}
