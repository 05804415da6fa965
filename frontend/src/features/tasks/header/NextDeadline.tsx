import { Link } from "@tanstack/react-router";
import { useCallback } from "react";

import type { Task } from "@/shared/api/types";
import { timeLeft } from "@/shared/clock/countdown";
import { useReading } from "@/shared/clock/react";
import { text } from "@/shared/text";

import { useUrgency } from "../card/useUrgency";
import { useBoard } from "../context";
import { useTaskSearch } from "../view/useTaskSearch";

/** What falls due next, always in sight. */
export function NextDeadline() {
  const [next] = useBoard().upcoming;
  if (!next?.deadline) return null;
  return <Next key={next.id} task={next} deadline={Date.parse(next.deadline)} />;
}

function Next({ task, deadline }: { readonly task: Task; readonly deadline: number }) {
  const left = useReading(useCallback((now: number) => timeLeft(deadline, now), [deadline]));
  const now = useUrgency(deadline) === "now";
  const search = useTaskSearch();
  return (
    <Link
      to="/tasks/$taskId"
      params={{ taskId: task.id }}
      search={search}
      className="appear flex min-h-11 min-w-0 items-center gap-1.5 rounded-card px-2 text-meta hover:bg-hover wide:min-h-9"
    >
      <span className="text-muted max-sm:sr-only">{text.header.next}</span>
      <span className="truncate">{task.title}</span>
      <span aria-hidden="true" className="text-muted">
        ·
      </span>
      <span className={`tabular font-semibold whitespace-nowrap ${now ? "text-now" : ""}`}>
        {left}
      </span>
    </Link>
  );
}
