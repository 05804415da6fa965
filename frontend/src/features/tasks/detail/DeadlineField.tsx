import { useCallback, useRef, useState } from "react";

import type { Task } from "@/shared/api/types";
import { timeAgo, timeLeft } from "@/shared/clock/countdown";
import { useClock, useReading } from "@/shared/clock/react";
import { useToday } from "@/shared/clock/useToday";
import { text } from "@/shared/text";
import { buttonClass } from "@/shared/ui/Button";
import { ClockIcon } from "@/shared/ui/icons";

import { useWorkspace, useZone } from "../context";
import { inOneHour, noDeadline, tomorrowMorning, tonight } from "../deadline/deadline";
import { DeadlinePicker, preloadPicker } from "../deadline/DeadlinePicker";
import { dueText } from "../deadline/when";

const PRESETS = [inOneHour, tonight, tomorrowMorning, noDeadline];

export function DeadlineField({ task }: { readonly task: Task }) {
  const clock = useClock();
  const { commands } = useWorkspace();
  const zone = useZone();
  const today = useToday(zone);
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const when = dueText(task, zone, today);
  return (
    <div className="grid gap-1">
      <span className="text-meta text-muted">{text.detail.deadline}</span>
      <div className="flex flex-wrap items-center gap-3">
        <button
          ref={button}
          type="button"
          data-control="deadline"
          aria-haspopup="dialog"
          aria-expanded={open}
          aria-label={text.deadline.chosen(when)}
          className={`${buttonClass("quiet")} tabular`}
          onPointerEnter={preloadPicker}
          onFocus={preloadPicker}
          onClick={() => {
            setOpen(!open);
          }}
        >
          <ClockIcon />
          {when}
        </button>
        {task.deadline !== null && task.completed_at === null && (
          <Distance deadline={Date.parse(task.deadline)} />
        )}
      </div>
      <DeadlinePicker
        open={open}
        onClose={() => {
          setOpen(false);
        }}
        anchor={button}
        value={task}
        presets={PRESETS}
        onPick={(choice) => {
          commands.reschedule(task, choice.at(clock.now(), zone));
        }}
      />
    </div>
  );
}

/** How far the deadline is, on either side of now. */
function Distance({ deadline }: { readonly deadline: number }) {
  const missed = useReading(
    useCallback(
      (now: number) => ({ value: deadline <= now, until: deadline <= now ? null : deadline }),
      [deadline],
    ),
  );
  const distance = useReading(
    useCallback(
      (now: number) => (deadline <= now ? timeAgo(deadline, now) : timeLeft(deadline, now)),
      [deadline],
    ),
  );
  return (
    <span className={`tabular text-meta ${missed ? "text-missed" : "text-muted"}`}>
      {missed ? `${text.card.missed}, ${distance}` : distance}
    </span>
  );
}
