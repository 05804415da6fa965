import type { Task } from "@/shared/api/types";
import { addDays, startOfDay } from "@/shared/lib/zone";
import type { Board } from "@/shared/store/board";
import { BUCKETS, type Bucket } from "@/shared/store/bucket";

/** Which of a person's tasks the board is about. */
export type Place =
  | { readonly kind: "all" }
  | { readonly kind: "today" }
  | { readonly kind: "project"; readonly id: string }
  /** By its id, or by its name in an address that a person wrote. */
  | { readonly kind: "label"; readonly id: string };

export type Order = "time" | "hand";

/** What narrows a place down; null and "" where it doesn't. */
export interface Filter {
  /** An id, or "none". */
  readonly project: string | null;
  readonly label: string | null;
  readonly priority: number | null;
  readonly q: string;
  readonly order: Order;
}

export interface View {
  readonly place: Place;
  readonly filter: Filter;
}

export const NO_FILTER: Filter = {
  project: null,
  label: null,
  priority: null,
  q: "",
  order: "time",
};

export function isNarrowed({ project, label, priority, q }: Filter): boolean {
  return project !== null || label !== null || priority !== null || q.trim() !== "";
}

/** When and where a view is looked at. */
export interface Setting {
  readonly zone: string;
  readonly today: string;
}

/** Whether a task belongs to a view. */
export function matcher(
  { place, filter }: View,
  { zone, today }: Setting,
): (task: Task) => boolean {
  const words = fold(filter.q).split(/\s+/).filter(Boolean);
  const begins = startOfDay(today, zone);
  const ends = startOfDay(addDays(today, 1), zone);
  return (task) => {
    if (place.kind === "today" && !isOfToday(task, begins, ends)) return false;
    if (place.kind === "project" && task.project !== place.id) return false;
    if (place.kind === "label" && !task.labels.includes(place.id)) return false;
    if (filter.project !== null && (task.project ?? "none") !== filter.project) return false;
    if (filter.label !== null && !task.labels.includes(filter.label)) return false;
    if (filter.priority !== null && task.priority !== filter.priority) return false;
    if (words.length === 0) return true;
    const said = fold(`${task.title}\n${task.notes}`);
    return words.every((word) => said.includes(word));
  };
}

/** Today is what is due until it ends, what has been missed so far, and what was done since it began. */
function isOfToday(task: Task, begins: number, ends: number): boolean {
  if (task.completed_at !== null) return Date.parse(task.completed_at) >= begins;
  return task.deadline !== null && Date.parse(task.deadline) <= ends;
}

/** Alike in every case and accent. */
export function fold(words: string): string {
  return words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

/** What of a board a view shows, in its order. The same lists where nothing is left out. */
export function boardIn(board: Board, view: View, setting: Setting): Board {
  const { place, filter } = view;
  if (place.kind === "all" && !isNarrowed(filter) && filter.order === "time") return board;
  const matches = matcher(view, setting);
  const shown: Record<Bucket, readonly Task[]> = { upcoming: [], missed: [], completed: [] };
  for (const bucket of BUCKETS) shown[bucket] = board[bucket].filter(matches);
  return { ...shown, nextDeadline: board.nextDeadline };
}

/** The manual order: by position as ASCII text, and by id where two are equal. */
export function byHand(a: Task, b: Task): number {
  if (a.position !== b.position) return a.position < b.position ? -1 : 1;
  return a.id < b.id ? -1 : 1;
}
