import type { HistoryEntry } from "@/shared/api/getHistory";
import type { Priority } from "@/shared/api/types";
import type { TaskStore } from "@/shared/store/store";
import { text } from "@/shared/text";
import { history } from "@/shared/text/history";

import { work } from "../breakdown/minutes";
import { dayName, whenText } from "../deadline/when";

interface Reading {
  readonly store: TaskStore;
  readonly zone: string;
  readonly today: string;
}

/** What says it all of an operation, by its verb. */
const VERBS = new Map([
  ["task.missed", "missed"],
  ["task.create", "created"],
  ["task.complete", "completed"],
  ["tasks.complete", "completed"],
  ["task.reopen", "reopened"],
  ["task.delete", "deleted"],
  ["tasks.delete", "deleted"],
  ["task.restore", "restored"],
  ["undo", "undid"],
  ["import", "imported"],
] as const);

/** Fields that follow from others, or that nobody sets. */
const SILENT = new Set(["outcome", "lateness_s", "time_zone", "updated_at", "version", "bucket"]);

/** What an entry says, a sentence for each thing that was done. */
export function sentencesOf(entry: HistoryEntry, reading: Reading): readonly string[] {
  const verb = VERBS.get(entry.verb as Parameters<typeof VERBS.get>[0]);
  const said = verb && history[verb];
  const changes = entry.changes.filter(({ field }) => !SILENT.has(field));
  if (said !== undefined && entry.verb !== "undo") return [said];
  const due = changes.some(({ field }) => field === "due_date");
  const sentences = changes.flatMap((change) =>
    // A day says more than the instant at which it ends.
    due && change.field === "deadline" && change.after !== null
      ? []
      : sentencesFor(change, reading),
  );
  if (said !== undefined) return [said, ...sentences];
  return sentences.length > 0 ? sentences : [history.changed];
}

function sentencesFor(
  { field, before, after }: HistoryEntry["changes"][number],
  { store, zone, today }: Reading,
): readonly string[] {
  const value = typeof after === "string" ? after : "";
  switch (field) {
    case "title":
      return [history.title_(value)];
    case "notes":
      return [value === "" ? history.notesGone : history.notes];
    case "deadline":
      return [
        after === null
          ? history.deadlineGone
          : history.deadline(whenText(Date.parse(value), zone, today)),
      ];
    case "due_date":
      return after === null ? [] : [history.deadline(dayName(value, today))];
    case "priority":
      return [history.priority(text.detail.priorities[after as Priority])];
    case "estimate_min":
      return [after === null ? history.estimateGone : history.estimate(work(Number(after)))];
    case "project":
      return [
        after === null
          ? history.projectGone
          : history.project(store.getProject(value)?.name ?? history.somewhere),
      ];
    case "labels":
      return labelSentences(idsOf(before), idsOf(after), store);
    case "parent":
      return [
        after === null
          ? history.parentGone
          : history.parent(store.getTask(value)?.title ?? history.somewhere),
      ];
    case "position":
      return [history.position];
    case "completed_at":
      return [after === null ? history.reopened : history.completed];
    case "deleted":
    case "deleted_at":
      return [after === null || after === false ? history.restored : history.deleted];
    default:
      return [];
  }
}

function labelSentences(
  before: readonly string[],
  after: readonly string[],
  store: TaskStore,
): readonly string[] {
  const name = (id: string) => store.getLabel(id)?.name ?? history.somewhere;
  return [
    ...after.filter((id) => !before.includes(id)).map((id) => history.label(name(id))),
    ...before.filter((id) => !after.includes(id)).map((id) => history.labelGone(name(id))),
  ];
}

function idsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((id) => typeof id === "string") : [];
}
