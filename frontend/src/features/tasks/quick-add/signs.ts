import { SIGNS } from "@/shared/lib/signs";

import type { Circumstances, Reading, Span } from "./reading";

const MAX_ESTIMATE_MIN = 10_080;
const PRIORITY = /(?<!\S)!([1-4])(?!\S)/g;
const ESTIMATE =
  /(?<!\S)~(?:(?<hours>\d{1,3}(?:[.,]\d{1,2})?)\s?(?:hours?|hrs?|h|std)(?:(?<rest>[0-5]?\d)\s?(?:minutes?|mins?|m)?)?|(?<minutes>\d{1,5})\s?(?:minutes?|mins?|m))(?=[\s,;.]|$)/gi;
const QUOTED = /"[^"]*"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|`[^`]*`/g;
const WORD = String.raw`\p{L}(?:[\p{L}\p{N}_&/'.+-]*[\p{L}\p{N}_&/+])?`;

interface Said<Value> {
  readonly span: Span;
  readonly value: Value;
}

type Stretch = Pick<Span, "start" | "end">;

/** The same grammar of signs as the server's: the last of each counts, labels apart. */
export function readSigns(
  line: string,
  { projects, labels, plain }: Circumstances,
): Omit<Reading, "deadline"> {
  const taken = leftAlone(line, plain);
  const named = plainStretches(line, plain);
  const project = namesIn(line, "project", projects).filter(isFree(named)).at(-1);
  const labelled = namesIn(line, "label", labels).filter(
    isFree(project ? [...named, project.span] : named),
  );
  const priority = prioritiesIn(line).filter(isFree(taken)).at(-1);
  const estimate = estimatesIn(line).filter(isFree(taken)).at(-1);
  const said = [project, ...labelled, priority, estimate].filter((one) => one !== undefined);
  return {
    line,
    spans: inOrder(said.map(({ span }) => span)),
    project: project?.value ?? null,
    labels: [...new Map(labelled.map(({ value }) => [value.toLowerCase(), value])).values()],
    priority: priority?.value ?? null,
    estimate: estimate?.value ?? null,
  };
}

export function inOrder(spans: readonly Span[]): Span[] {
  return [...spans].sort((one, other) => one.start - other.start);
}

/** What stays as it is: what stands in quotation marks, and what was taken back. */
export function leftAlone(line: string, plain: readonly string[]): Stretch[] {
  return [...stretches(line, QUOTED), ...plainStretches(line, plain)];
}

export function overlaps(one: Stretch, other: Stretch): boolean {
  return one.start < other.end && other.start < one.end;
}

function plainStretches(line: string, plain: readonly string[]): Stretch[] {
  return plain.flatMap((words) =>
    stretches(line, new RegExp(`(?<![\\p{L}\\p{N}_])${quoted(words)}(?![\\p{L}\\p{N}_])`, "giu")),
  );
}

function stretches(line: string, pattern: RegExp): Stretch[] {
  return [...line.matchAll(pattern)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}

function isFree(taken: readonly Stretch[]): (said: Said<unknown>) => boolean {
  return ({ span }) => !taken.some((other) => overlaps(span, other));
}

function namesIn(
  line: string,
  kind: "project" | "label",
  known: readonly string[],
): Said<string>[] {
  const longest = [...known].sort((one, other) => other.length - one.length).map(quoted);
  const there = longest.length > 0 ? longest.join("|") : "(?!)";
  const pattern = new RegExp(
    `(?<!\\S)${SIGNS[kind]}(?:(?<known>${there})(?=[\\s,;.!?]|$)|"(?<marked>[^"]+)"|(?<word>${WORD}))`,
    "giu",
  );
  return [...line.matchAll(pattern)].flatMap((match) => {
    const { known: found, marked, word } = match.groups ?? {};
    const name = (found ?? marked ?? word ?? "").trim();
    if (name === "") return [];
    const value = known.find((one) => one.toLowerCase() === name.toLowerCase()) ?? name;
    return [{ span: spanOf(match, kind), value }];
  });
}

function prioritiesIn(line: string): Said<number>[] {
  return [...line.matchAll(PRIORITY)].map((match) => ({
    span: spanOf(match, "priority"),
    value: Number(match[1]),
  }));
}

function estimatesIn(line: string): Said<number>[] {
  return [...line.matchAll(ESTIMATE)].flatMap((match) => {
    const { hours, rest, minutes } = match.groups ?? {};
    const value =
      minutes === undefined
        ? Math.round(Number(hours?.replace(",", ".")) * 60) + Number(rest ?? 0)
        : Number(minutes);
    if (value < 1 || value > MAX_ESTIMATE_MIN) return [];
    return [{ span: spanOf(match, "estimate"), value }];
  });
}

function spanOf(match: RegExpExecArray, kind: Span["kind"]): Span {
  return { start: match.index, end: match.index + match[0].length, kind };
}

function quoted(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
}
