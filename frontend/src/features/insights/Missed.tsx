import type { Task } from "@/shared/api/types";
import { timeAgo } from "@/shared/clock/countdown";
import { text as board } from "@/shared/text";
import { insights as text } from "@/shared/text/insights";

import { Panel } from "./Panel";
import { type Reschedule, Rows } from "./Rows";

/** More than of what is to come: here something has to be done about each. */
const LISTED = 6;

interface MissedProps {
  /** The newest first. */
  readonly missed: readonly Task[];
  /** This minute. */
  readonly now: number;
  readonly onReschedule: Reschedule;
}

/** What is missed and still open, and what can be done about it. Calm where that is nothing. */
export function Missed({ missed, now, onReschedule }: MissedProps) {
  const [last] = missed;
  const ago = (task: Task) => timeAgo(Date.parse(task.deadline ?? ""), now).value;
  return (
    <Panel
      whole
      stays
      question={text.missed.question}
      answer={
        !last
          ? board.empty.missed
          : missed.length === 1
            ? text.missed.one(last.title, ago(last))
            : text.missed.many(missed.length, last.title, ago(last))
      }
      table={null}
      rows={
        last ? (
          <Rows
            label={text.missed.question}
            heard
            tasks={missed}
            listed={LISTED}
            when={ago}
            bucket="missed"
            onReschedule={onReschedule}
          />
        ) : null
      }
    />
  );
}
