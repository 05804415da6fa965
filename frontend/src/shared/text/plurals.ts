/** Both languages write a smaller number as its digits alone. */
const GROUPED_FROM = 1_000;

/** A number with its noun, as a language writes it: `pluralOf("en")(2, "task", "tasks")` is "2 tasks". */
export function pluralOf(code: string) {
  // The browser's formatter and its plural rules take many milliseconds to make, and this is read before the first paint.
  let numbers: Intl.NumberFormat | null = null;
  const written = (count: number) =>
    Math.abs(count) < GROUPED_FROM && Number.isInteger(count)
      ? String(count)
      : (numbers ??= new Intl.NumberFormat(code)).format(count);
  return (count: number, one: string, other: string): string =>
    `${written(count)} ${noun(count, one, other)}`;
}

/** The noun alone. English and German have the same two forms; a language with more would say them here. */
export function noun(count: number, one: string, other: string): string {
  return count === 1 ? one : other;
}
