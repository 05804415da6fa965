/** A number with its noun, as a language counts: `pluralOf("en")(2, "task", "tasks")` is "2 tasks". */
export function pluralOf(code: string) {
  const noun = nounOf(code);
  const numbers = new Intl.NumberFormat(code);
  return (count: number, one: string, other: string): string =>
    `${numbers.format(count)} ${noun(count, one, other)}`;
}

/** The noun alone. English and German have two forms; a language with more would say them here. */
export function nounOf(code: string) {
  const rules = new Intl.PluralRules(code);
  return (count: number, one: string, other: string): string =>
    rules.select(count) === "one" ? one : other;
}
