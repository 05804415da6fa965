import type { Finder } from "./dates";
import { findDue } from "./dates";
import { type Circumstances, type Reading } from "./reading";
import { inOrder, leftAlone, readSigns } from "./signs";
import { NO_DEADLINE } from "../deadline/deadline";

type Language = "en" | "de" | "es";

const FINDERS: Record<Language, () => Promise<Finder>> = {
  en: async () => (await import("chrono-node/en")).parse,
  de: async () => (await import("chrono-node/de")).parse,
  es: async () => (await import("chrono-node/es")).parse,
};

export type Reader = (line: string, circumstances: Circumstances) => Reading;

/** Fetches what reads a person's language, and English, which is understood beside every other. */
export async function makeReader(language: string): Promise<Reader> {
  const own = language.slice(0, 2).toLowerCase();
  const wanted: Language[] = own === "de" || own === "es" ? [own, "en"] : ["en"];
  const finders = await Promise.all(wanted.map((one) => FINDERS[one]()));
  return (line, circumstances) => {
    const signs = readSigns(line, circumstances);
    const taken = [...leftAlone(line, circumstances.plain), ...signs.spans];
    const due = findDue(line, circumstances, taken, finders);
    return {
      ...signs,
      spans: inOrder([...signs.spans, ...(due?.spans ?? [])]),
      deadline: due?.deadline ?? NO_DEADLINE,
    };
  };
}
