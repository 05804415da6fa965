import type { Bucket } from "@/shared/store/bucket";

import { type Filter, NO_FILTER, type Place } from "./view";

/** A view as an address has it: what is not narrowed is left out. */
export interface ViewSearch {
  readonly project?: string;
  readonly label?: string;
  readonly priority?: number;
  readonly q?: string;
  readonly order?: "hand";
  /** Of an open task: the place, or the page beside the board, that it was opened from. */
  readonly in?: string;
}

/** All that the board's address may say. */
export interface BoardSearch extends ViewSearch {
  /** The plan that is open over the board. */
  readonly plan?: string;
  /** The bucket that a phone shows. */
  readonly bucket?: Bucket;
}

/** Reads what an address may say; anything else is as if it were not there. */
export function viewSearch(search: Record<string, unknown>): ViewSearch {
  const { project, label, priority, q, order, in: from } = search;
  const wanted = Number(priority);
  return {
    ...(isText(project) ? { project } : {}),
    ...(isText(label) ? { label } : {}),
    ...(Number.isInteger(wanted) && wanted >= 1 && wanted <= 4 ? { priority: wanted } : {}),
    // What looks like a number was read as one.
    ...(isText(q) || typeof q === "number" ? { q: String(q) } : {}),
    ...(order === "hand" ? { order } : {}),
    ...(isText(from) ? { in: from } : {}),
  };
}

export function filterOf({ project, label, priority, q, order }: ViewSearch): Filter {
  return {
    project: project ?? null,
    label: label ?? null,
    priority: priority ?? null,
    q: q ?? "",
    order: order ?? NO_FILTER.order,
  };
}

export function searchOf(filter: Filter): ViewSearch {
  return viewSearch({ ...filter });
}

/** A place in one word, for the address of a task that was opened there. Nothing for all tasks. */
export function placeWord(place: Place): ViewSearch {
  if (place.kind === "all") return {};
  return { in: place.kind === "today" ? "today" : `${place.kind}-${place.id}` };
}

export function placeOfWord(word: string | undefined): Place {
  if (word === "today") return { kind: "today" };
  const [, kind, id] = /^(project|label)-(.+)$/.exec(word ?? "") ?? [];
  if ((kind === "project" || kind === "label") && id) return { kind, id };
  return { kind: "all" };
}

/** The pages beside the board, each with its address without the first slash as its word. */
const PAGE = /^(insights|activity|settings(\/[a-z]+)?)$/;

/** The page beside the board that an address is; null for any other. */
export function pageAt(pathname: string): string | null {
  return pageOfWord(pathname.slice(1));
}

/** The page that a task was opened from; null where that was the board. */
export function pageOfWord(word: string | undefined): string | null {
  return word !== undefined && PAGE.test(word) ? word : null;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value.trim() !== "";
}
