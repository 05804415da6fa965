import { text } from "@/shared/text";
import { CheckIcon } from "@/shared/ui/icons";
import type { Task } from "@/shared/api/types";

import { useComplete } from "../useComplete";

/** The circle that completes a task, and takes that back. */
export function Circle({ task }: { readonly task: Task }) {
  const complete = useComplete();
  const done = task.completed_at !== null;
  return (
    <button
      type="button"
      data-control="circle"
      aria-label={done ? text.card.reopen(task.title) : text.card.complete(task.title)}
      className="group/circle relative z-10 -m-3 flex size-11 shrink-0 items-center justify-center rounded-full outline-offset-[-8px]"
      onClick={({ detail }) => {
        // The second press of a double one: it would take back what the first has done.
        if (detail > 1) return;
        complete(task);
      }}
    >
      <span
        className={`flex size-5 items-center justify-center rounded-full border-[1.5px] transition-colors duration-100 ${
          done
            ? "border-done text-done"
            : "border-line-strong text-transparent group-hover/circle:border-accent group-hover/circle:text-accent"
        }`}
      >
        <CheckIcon className="size-3.5" />
      </span>
    </button>
  );
}
