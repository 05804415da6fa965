import { useCallback } from "react";

import type { Priority, Task } from "@/shared/api/types";
import { span, timeAgo } from "@/shared/clock/countdown";
import { useReading } from "@/shared/clock/react";
import { useToday } from "@/shared/clock/useToday";
import type { Bucket } from "@/shared/store/bucket";
import { text } from "@/shared/text";
import { views } from "@/shared/text/views";
import { FlagIcon, MissedIcon } from "@/shared/ui/icons";
import { Sign } from "@/shared/ui/Sign";

import { useLabel, useProject, useTask, useZone } from "../context";
import { dueText, whenText } from "../deadline/when";
import { useProgress } from "../parts";
import { useView } from "../board/hands";
import { Countdown } from "./Countdown";

interface MetaProps {
  readonly task: Task;
  readonly bucket: Bucket;
  readonly selected?: boolean;
}

/** The one line under a title: what time says about the task, then what else there is. */
export function Meta({ task, bucket, selected = false }: MetaProps) {
  const deadline = task.deadline === null ? null : Date.parse(task.deadline);
  const whole = useTask(task.parent ?? "")?.title;
  const progress = useProgress(task.id);
  return (
    <p className="facts text-meta text-muted">
      <span>
        {bucket === "completed" ? (
          <CompletedTime task={task} deadline={deadline} />
        ) : deadline === null ? (
          <span>{text.card.noDeadline}</span>
        ) : bucket === "missed" ? (
          <MissedTime task={task} deadline={deadline} />
        ) : (
          <>
            <Countdown deadline={deadline} />
            <When task={task} />
          </>
        )}
        {bucket !== "completed" && task.priority < 4 && (
          <span className="whitespace-nowrap">
            <FlagIcon className="mr-1 size-3.5" />
            {text.detail.priorities[task.priority as Priority]}
            <span className="sr-only">&nbsp;{text.card.priority}</span>
          </span>
        )}
        {progress && <span className="tabular">{progress}</span>}
        <Belongings task={task} />
        {whole && <span title={whole}>{text.plan.partOf(whole)}</span>}
        {selected && <span className="sr-only">{views.selected}</span>}
      </span>
    </p>
  );
}

/** Its project and labels; the one whose place this is goes without saying. */
function Belongings({ task }: { readonly task: Task }) {
  const { place } = useView();
  const here = place.kind === "project" || place.kind === "label" ? place.id : null;
  return (
    <>
      {task.project !== null && task.project !== here && <ProjectName id={task.project} />}
      {task.labels.map((id) => id !== here && <LabelName key={id} id={id} />)}
    </>
  );
}

function ProjectName({ id }: { readonly id: string }) {
  const project = useProject(id);
  return (
    project && (
      <span className="max-w-full">
        <Sign of="project" colour={project.colour} />
        <span className="truncate">{project.name}</span>
      </span>
    )
  );
}

function LabelName({ id }: { readonly id: string }) {
  const label = useLabel(id);
  return (
    label && (
      <span className="max-w-full">
        <Sign of="label" colour={label.colour} />
        <span className="truncate">{label.name}</span>
      </span>
    )
  );
}

function MissedTime({ task, deadline }: { readonly task: Task; readonly deadline: number }) {
  const ago = useReading(useCallback((now: number) => timeAgo(deadline, now), [deadline]));
  return (
    <>
      <span className="text-missed">
        <MissedIcon className="mr-1 size-3.5" />
        {text.card.missed}
      </span>
      <When task={task} say={text.card.due} />
      <span className="tabular">{ago}</span>
    </>
  );
}

function CompletedTime({
  task,
  deadline,
}: {
  readonly task: Task;
  readonly deadline: number | null;
}) {
  const zone = useZone();
  const today = useToday(zone);
  const completed = Date.parse(task.completed_at ?? task.updated_at);
  const when = text.card.completedAt(whenText(completed, zone, today));
  if (deadline === null) return <span className="tabular">{when}</span>;
  const by = deadline - completed;
  return (
    <>
      {by > 0 && <span className="text-done">{text.card.onTime}</span>}
      <span className="tabular" title={when}>
        {by > 0 ? text.card.early(span(by)) : text.card.lateBy(span(-by))}
      </span>
    </>
  );
}

function When({
  task,
  say = (when) => when,
}: {
  readonly task: Task;
  readonly say?: (when: string) => string;
}) {
  const zone = useZone();
  const today = useToday(zone);
  return (
    <time dateTime={task.due_date ?? task.deadline ?? undefined} className="tabular">
      {say(dueText(task, zone, today))}
    </time>
  );
}
