import { type MouseEvent, memo, type ReactNode } from "react";

import type { Task } from "@/shared/api/types";
import type { Bucket } from "@/shared/store/bucket";
import { text } from "@/shared/text";
import { Button } from "@/shared/ui/Button";
import { CheckIcon, StepsIcon, TrashIcon } from "@/shared/ui/icons";

import { useHands, useIsSelected } from "../board/hands";
import { useWorkspace } from "../context";
import { useComplete } from "../useComplete";
import { TaskLink } from "../view/TaskLink";
import { Circle } from "./Circle";
import { Fuse } from "./Fuse";
import { Meta } from "./Meta";
import { NARROW, Reschedule } from "./Reschedule";

interface CardProps {
  readonly task: Task;
  readonly bucket: Bucket;
}

export const Card = memo(function Card({ task, bucket }: CardProps) {
  const { lists, marking, selection } = useHands();
  const selected = useIsSelected(task.id);
  const mark = (event: MouseEvent) => {
    const many = event.shiftKey || marking.get();
    if (!many) return;
    event.preventDefault();
    if (event.shiftKey) selection.extend(task.id, lists.ids());
    else selection.toggle(task.id);
  };
  return (
    <article
      aria-label={task.title}
      data-selected={selected || undefined}
      className="relative overflow-hidden rounded-card border border-line bg-card transition-colors duration-100 hover:border-line-strong data-selected:border-accent data-selected:bg-selected"
    >
      <div className="flex gap-3 p-3">
        <Circle task={task} />
        <div className="grid min-w-0 flex-1 gap-0.5">
          <TaskLink
            id={task.id}
            onBoard
            data-control="title"
            draggable={false}
            onClick={mark}
            className={`outline-none after:absolute after:inset-0 after:rounded-card after:-outline-offset-2 after:outline-accent focus-visible:after:outline-2 ${
              bucket === "completed" ? "text-muted" : "font-semibold"
            }`}
          >
            {task.title}
          </TaskLink>
          <Meta task={task} bucket={bucket} selected={selected} />
          {bucket === "missed" && <MissedActions task={task} />}
        </div>
      </div>
      <Rule task={task} bucket={bucket} />
    </article>
  );
});

function MissedActions({ task }: { readonly task: Task }) {
  const { commands, subject } = useWorkspace();
  const complete = useComplete();
  return (
    // In one row wherever it stands, in either language: where there is no room for words, the rarer ones are icons.
    <div className="@container relative z-10 mt-2">
      <div className="flex flex-wrap gap-0.5 @max-[18.5rem]:gap-0">
        <Reschedule tasks={[task]} label={text.card.rescheduleLabel(task.title)} />
        <Action
          label={text.card.doneLateLabel(task.title)}
          title={text.card.doneLate}
          icon={<CheckIcon className="size-4 @min-[16.5rem]:hidden" />}
          className="@max-[16.5rem]:sr-only"
          onRun={() => {
            complete(task);
          }}
        />
        <Action
          label={text.plan.of(task.title)}
          title={text.plan.breakDown}
          icon={<StepsIcon className="size-4 @min-[24.5rem]:hidden" />}
          className="@max-[24.5rem]:sr-only"
          onRun={() => {
            subject.set({ taskId: task.id });
          }}
        />
        <Action
          label={text.card.dropLabel(task.title)}
          title={text.card.drop}
          icon={<TrashIcon className="size-4 @min-[27.5rem]:hidden" />}
          className="@max-[27.5rem]:sr-only"
          onRun={() => {
            commands.remove(task);
          }}
        />
      </div>
    </div>
  );
}

interface ActionProps {
  /** What it is called by those who do not see whose it is. */
  readonly label: string;
  readonly title: string;
  /** What stands for the words where they have no room. */
  readonly icon: ReactNode;
  /** When the words are out of sight. */
  readonly className: string;
  readonly onRun: () => void;
}

function Action({ label, title, icon, className, onRun }: ActionProps) {
  return (
    <Button
      small
      look="plain"
      aria-label={label}
      title={title}
      className={`min-w-11 wide:min-w-7 ${NARROW}`}
      onClick={onRun}
    >
      {icon}
      <span className={className}>{title}</span>
    </Button>
  );
}

/** The line under the card: a fuse while it burns, and turned once it has burnt down. */
function Rule({ task, bucket }: CardProps) {
  if (bucket === "upcoming" && task.deadline !== null) {
    return <Fuse created={Date.parse(task.created_at)} deadline={Date.parse(task.deadline)} />;
  }
  if (bucket !== "missed") return null;
  return (
    <span aria-hidden="true" className="absolute inset-x-0 bottom-0 h-0.5 bg-missed opacity-60" />
  );
}
