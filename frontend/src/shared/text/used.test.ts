import { expect, it } from "vitest";

const parts = import.meta.glob<Record<string, unknown>>(
  ["./*.ts", "!./*.test.ts", "!./{index,language,parts,plurals,refusals}.ts"],
  { eager: true },
);
const sources = Object.values(
  import.meta.glob<string>(
    ["/src/**/*.{ts,tsx}", "!/src/shared/text/**", "!/src/test/**", "!/src/**/*.test.*"],
    { eager: true, query: "?raw", import: "default" },
  ),
);

/** The names on the way to each message. */
function ways(tree: unknown, way: readonly string[] = []): (readonly string[])[] {
  if (typeof tree !== "object" || tree === null) return [way];
  return Object.entries(tree).flatMap(([key, value]) => ways(value, [...way, key]));
}

/**
 * Whether the sources name a message, or pass on whole what it stands in, as `colours[colour]` does. A
 * word may stand there for something else: what is found missing is missing, and not the other way.
 */
function isNamed(way: readonly string[], said: string): boolean {
  const whole = way
    .slice(0, -1)
    .some((name) => new RegExp(`\\.${name}\\b(?!\\s*\\??\\.\\w)`).test(said));
  return whole || new RegExp(`\\b${way.at(-1) ?? ""}\\b`).test(said);
}

it.each(Object.entries(parts))("says nothing that the page never says: %s", (path, module) => {
  const name = path.slice(2, -3);
  const from = name === "en" ? '"@/shared/text"' : `"@/shared/text/${name}"`;
  const said = sources.filter((source) => source.includes(`from ${from}`)).join("\n");
  expect(said).not.toBe("");
  const unsaid = Object.values(module)
    .flatMap((part) => ways(part))
    .filter((way) => !isNamed(way, said));
  expect(unsaid.map((way) => way.join("."))).toEqual([]);
});
