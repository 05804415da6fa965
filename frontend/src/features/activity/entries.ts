import type { LoggedOperation, Task } from "@/shared/api/types";
import { isByStaff } from "@/shared/lib/staff";
import { dayOf } from "@/shared/lib/zone";
import type { Board } from "@/shared/store/board";
import { activity as text } from "@/shared/text/activity";

/** One line of the activity. */
export interface Entry {
  readonly id: string;
  /** Ms since 1970. */
  readonly at: number;
  readonly by: "you" | "staff" | "clock" | "stranger" | "server";
  readonly sentence: string;
  /** The one task that it is about; null where it is about something else, or about several. */
  readonly taskId: string | null;
  readonly undoable: boolean;
  readonly undone: boolean;
}

export interface Day {
  /** `2026-11-22` */
  readonly day: string;
  readonly entries: readonly Entry[];
}

/** What an operation was, as `viewer`, whose log it stands in, reads it. */
export function entryOf(operation: LoggedOperation, viewer: string): Entry {
  const { objects, object_count } = operation;
  const [only] = objects;
  return {
    id: operation.op_id,
    at: Date.parse(operation.at),
    by: isByStaff(operation.actor, viewer) ? "staff" : "you",
    sentence: sentence(operation),
    taskId: object_count === 1 && only?.kind === "task" ? only.id : null,
    undoable: operation.undoable,
    undone: operation.undone,
  };
}

/**
 * What the clock did: deadlines that passed. The log holds only what somebody asked for; but a task that is
 * missed, or was completed late, says itself when its deadline passed.
 */
export function missesOn(board: Board, since: number): Entry[] {
  const late = board.completed.filter(({ outcome }) => outcome === "late");
  return [...board.missed, ...late]
    .map(missOf)
    .filter((entry): entry is Entry => entry !== null && entry.at >= since);
}

/** By day as clocks in `zone` have it, newest first. */
export function byDay(entries: readonly Entry[], zone: string): readonly Day[] {
  const days: { day: string; entries: Entry[] }[] = [];
  for (const entry of [...entries].sort((a, b) => b.at - a.at)) {
    const day = dayOf(entry.at, zone);
    const last = days.at(-1);
    if (last?.day === day) last.entries.push(entry);
    else days.push({ day, entries: [entry] });
  }
  return days;
}

function missOf(task: Task): Entry | null {
  if (task.deadline === null) return null;
  return {
    id: `missed ${task.id}`,
    // One that was made with a deadline in the past was missed as it was made.
    at: Math.max(Date.parse(task.deadline), Date.parse(task.created_at)),
    by: "clock",
    sentence: say("task.missed", text.quoted(task.title)),
    taskId: task.id,
    undoable: false,
    undone: false,
  };
}

function sentence({ verb, objects, object_count }: LoggedOperation): string {
  const [first] = objects;
  if (!first) return say(verb, text.something);
  // A plan that is applied is about the plan, whatever else it makes.
  const named = verb.startsWith("breakdown.")
    ? (objects.find(({ kind }) => kind === "breakdown") ?? first)
    : first;
  if (object_count > 1 && named === first && !/^(project|label)\./.test(verb)) {
    const tasks = objects.every(({ kind }) => kind === "task");
    return say(verb, (tasks ? text.counts.task : text.counts.other)(object_count));
  }
  return say(
    verb,
    named.title ? text.quoted(named.title) : (text.unnamed[named.kind] ?? text.something),
  );
}

function say(verb: string, what: string): string {
  const said = text.done[verb];
  if (said) return said(what);
  return verb.startsWith("breakdown.") ? text.breakdownChanged(what) : text.otherwise(what);
}
