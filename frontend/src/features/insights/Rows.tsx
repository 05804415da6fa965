import { Link } from "@tanstack/react-router";
import { useId } from "react";

import type { Task } from "@/shared/api/types";
import { text as board } from "@/shared/text";
import { insights as text } from "@/shared/text/insights";
import { Button, buttonClass, IconButton } from "@/shared/ui/Button";
import { ClockIcon } from "@/shared/ui/icons";

/** Asks for another deadline for these tasks, beside the button that was pressed. */
export type Reschedule = (ids: readonly string[], anchor: HTMLElement) => void;

/** Longer lists are the board's. */
export const LISTED = 4;

/** Who closes a task that they opened here comes back here. */
const BACK = { in: "insights" };

interface RowsProps {
  /** What these tasks are. */
  readonly label: string;
  /** It is only heard: who sees them has read it above. */
  readonly heard?: true;
  readonly tasks: readonly Task[];
  /** How many of them are shown. */
  readonly listed?: number;
  /** When each is, or was, due; in few letters. */
  readonly when: (task: Task) => string;
  /** The bucket that they are, so that the board has them all in one place: there is always a way there. */
  readonly bucket?: "missed";
  readonly onReschedule: Reschedule;
}

/** Tasks by name, with a way into each and a way to put off each, or all. */
export function Rows(props: RowsProps) {
  const { label, heard, tasks, listed = LISTED, when, bucket, onReschedule } = props;
  const id = useId();
  const more = tasks.length - listed;
  return (
    <div className="@container grid min-w-0 grid-cols-1 content-start gap-1">
      <p id={id} className={heard ? "sr-only" : "text-meta text-muted"}>
        {label}
      </p>
      <ol aria-labelledby={id} className="grid grid-cols-1 gap-x-8 @min-[44rem]:grid-cols-2">
        {tasks.slice(0, listed).map((task) => (
          <Row key={task.id} task={task} when={when(task)} onReschedule={onReschedule} />
        ))}
      </ol>
      <div className="-ml-2.5 flex flex-wrap items-center gap-x-2">
        {tasks.length > 1 && (
          <Button
            small
            look="plain"
            aria-haspopup="dialog"
            className="text-accent"
            onClick={(event) => {
              onReschedule(
                tasks.map((task) => task.id),
                event.currentTarget,
              );
            }}
          >
            <ClockIcon />
            {text.rows.all(tasks.length)}
          </Button>
        )}
        {(more > 0 || bucket) && (
          <Link
            to="/"
            search={bucket ? { bucket } : {}}
            className={`${buttonClass("plain", true)} text-accent`}
          >
            {more > 0 ? text.rows.more(more) : text.empty.go}
          </Link>
        )}
      </div>
    </div>
  );
}

interface RowProps {
  readonly task: Task;
  readonly when: string;
  readonly onReschedule: Reschedule;
}

function Row({ task, when, onReschedule }: RowProps) {
  return (
    <li
      data-task={task.id}
      className="-mx-2 flex min-w-0 items-center rounded-card pl-2 hover:bg-hover"
    >
      <Link
        to="/tasks/$taskId"
        params={{ taskId: task.id }}
        search={BACK}
        data-control="title"
        className="flex min-h-11 min-w-0 flex-1 scroll-my-20 items-center gap-3 rounded-card wide:min-h-9"
      >
        <span className="tabular min-w-20 shrink-0 text-meta text-muted">{when}</span>
        <span className="truncate">{task.title}</span>
      </Link>
      <IconButton
        label={board.card.rescheduleLabel(task.title)}
        title={board.card.reschedule}
        aria-haspopup="dialog"
        data-control="reschedule"
        className="shrink-0"
        onClick={(event) => {
          onReschedule([task.id], event.currentTarget);
        }}
      >
        <ClockIcon />
      </IconButton>
    </li>
  );
}
