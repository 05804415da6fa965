import { type Circumstances, type Reading, type Span } from "./reading";

/** What the server said of a line, how it was asked, and which words the guess had taken for a deadline. */
export interface Answer {
  readonly reading: Reading;
  readonly how: Omit<Circumstances, "now">;
  readonly guessed: string;
}

/** The words by which a reading is due. */
export function dueWords(reading: Reading): string {
  return wordsOf(reading).join("|");
}

/**
 * The guess as the server corrected it. While more is typed, what it said of a deadline holds for as
 * long as the words do, so that a corrected chip does not flicker with each letter.
 */
export function corrected(
  guess: Reading,
  answer: Answer | null,
  how: Omit<Circumstances, "now">,
): Reading {
  if (answer?.how.zone !== how.zone) return guess;
  if (answer.reading.line === guess.line && answer.how === how) return answer.reading;
  if (dueWords(guess) !== answer.guessed) return guess;
  const others = guess.spans.filter(({ kind }) => kind !== "deadline");
  const due: Span[] = [];
  let from = 0;
  for (const words of wordsOf(answer.reading)) {
    if (how.plain.includes(words)) return guess;
    const start = guess.line.indexOf(words, from);
    const end = start + words.length;
    if (start === -1 || others.some((one) => one.start < end && start < one.end)) return guess;
    due.push({ start, end, kind: "deadline" });
    from = end;
  }
  const spans = [...others, ...due].sort((one, other) => one.start - other.start);
  return { ...guess, spans, deadline: answer.reading.deadline };
}

function wordsOf({ line, spans }: Reading): string[] {
  return spans
    .filter(({ kind }) => kind === "deadline")
    .map(({ start, end }) => line.slice(start, end));
}
