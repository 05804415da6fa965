import type { components } from "@/shared/api/schema";

import { type Deadline, NO_DEADLINE } from "../deadline/deadline";

export type SpanKind = components["schemas"]["SpanKindEnum"];

/** A stretch of a line that was understood, counted as JavaScript counts characters. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: SpanKind;
}

/** What a line means: from the page's own guess, or from the server. */
export interface Reading {
  /** The line that was read. */
  readonly line: string;
  /** In the order of the line; none overlaps another. */
  readonly spans: readonly Span[];
  readonly deadline: Deadline;
  /** Projects and labels by their names, as they are written where there is one of that name. */
  readonly project: string | null;
  readonly labels: readonly string[];
  readonly priority: number | null;
  readonly estimate: number | null;
}

/** How a line is read: the same line may mean another thing tomorrow, or elsewhere. */
export interface Circumstances {
  readonly now: number;
  readonly zone: string;
  readonly language: string;
  readonly projects: readonly string[];
  readonly labels: readonly string[];
  /** Words that are to stay words: what the person took back. */
  readonly plain: readonly string[];
}

/** A line of which nothing is understood. */
export function plainly(line: string): Reading {
  return {
    line,
    spans: [],
    deadline: NO_DEADLINE,
    project: null,
    labels: [],
    priority: null,
    estimate: null,
  };
}

/** The line without what was understood, and without the commas and gaps that this leaves. */
export function titleOf(line: string, spans: readonly Span[]): string {
  let title = "";
  let at = 0;
  for (const { start, end } of spans) {
    title += `${line.slice(at, start)} `;
    at = end;
  }
  title = (title + line.slice(at)).replace(/\s+/g, " ").trim();
  if (spans.length === 0) return title;
  return title.replace(/\s+(?=[,;:.!?](?:\s|$))/g, "").replace(/^[\s,;:–—-]+|[\s,;:–—-]+$/g, "");
}

export function sameName(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
