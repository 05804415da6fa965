import { parseTask } from "@/shared/api/parseTask";

import type { Circumstances, Reading, Span } from "./reading";

/** The server's reading of a line. It knows more words than the page, and the law of clocks. */
export async function askServer(
  line: string,
  { zone, language, plain }: Circumstances,
  signal: AbortSignal,
): Promise<Reading> {
  const parsed = await parseTask(
    { text: line, time_zone: zone, language, plain: [...plain] },
    signal,
  );
  const at = positions(line);
  const spans = parsed.spans.map(({ start, end, kind }): Span => ({
    start: at[start] ?? line.length,
    end: at[end] ?? line.length,
    kind,
  }));
  return {
    line,
    spans,
    deadline: { deadline: parsed.deadline, due_date: parsed.due_date },
    project: parsed.project?.name ?? null,
    labels: parsed.labels.map(({ name }) => name),
    priority: parsed.priority,
    estimate: parsed.estimate_min,
  };
}

/** Where each Unicode character of a line begins, as JavaScript counts: some take two places. */
function positions(line: string): number[] {
  const found = [0];
  for (const character of line) found.push((found.at(-1) ?? 0) + character.length);
  return found;
}
