import { useMemo } from "react";

import type { Task } from "@/shared/api/types";
import { text } from "@/shared/text";

import { Circle } from "../card/Circle";
import { useBoard, useTask } from "../context";
import { partsOf, useProgress } from "../parts";
import { TaskLink } from "../view/TaskLink";
import { AddPart } from "./AddPart";

/** What a task is a part of, and the parts that it has, soonest first. */
export function Parts({ task }: { readonly task: Task }) {
  const whole = useTask(task.parent ?? "");
  const parts = usePartsOf(task.id);
  const progress = useProgress(task.id);
  return (
    <>
      {whole && (
        <TaskLink
          id={whole.id}
          className="-mt-4 inline-flex min-h-11 items-center justify-self-start py-1 text-meta text-muted underline underline-offset-2 wide:min-h-0"
        >
          {text.plan.partOf(whole.title)}
        </TaskLink>
      )}
      {(parts.length > 0 || task.completed_at === null) && (
        <section aria-label={text.plan.steps} className="-mt-2 grid gap-1">
          {progress && <p className="text-meta text-muted">{progress}</p>}
          <ul className="grid">
            {parts.map((part) => (
              <li key={part.id} className="flex items-center gap-3 pl-2">
                <Circle task={part} />
                <TaskLink
                  id={part.id}
                  className={`flex min-h-11 min-w-0 flex-1 items-center rounded-card px-1 py-1.5 hover:bg-hover wide:min-h-9 ${
                    part.completed_at === null ? "" : "text-muted"
                  }`}
                >
                  {part.title}
                </TaskLink>
              </li>
            ))}
          </ul>
          {task.completed_at === null && <AddPart whole={task} />}
        </section>
      )}
    </>
  );
}

function usePartsOf(id: string): readonly Task[] {
  const board = useBoard();
  return useMemo(
    () =>
      [...partsOf(board, id)].sort(
        (a, b) => instant(a) - instant(b) || a.created_at.localeCompare(b.created_at),
      ),
    [board, id],
  );
}

function instant({ deadline }: Task): number {
  return deadline === null ? Number.MAX_VALUE : Date.parse(deadline);
}
