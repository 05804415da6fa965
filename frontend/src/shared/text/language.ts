import { Observable } from "@/shared/lib/observable";
import { forget, recall, remember } from "@/shared/lib/storage";

import type { Parts } from "./parts";

/** What the page can speak, each by its ISO 639-1 code. */
export const LANGUAGES = ["en", "de"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Under this name the browser remembers what the account, or a visitor, has chosen, for the next first paint. */
const CHOSEN = "language";

/** What the page speaks just now. */
export const language = new Observable<Language>("en");

/** The catalogue of that language; null for English, which every part brings along. */
let translation: Parts | null = null;
let asked: Language = "en";
/** What the account has chosen, be it a language that the page does not speak. */
let ofAccount: string | null = null;

/**
 * A part of the catalogue, as the language of the moment has it. What is read from it is read anew each time,
 * so nothing of it may be kept beyond a drawing (`text/no-kept-text` of eslint.config.js).
 */
export function translated<T extends object>(part: keyof Parts, english: T): T {
  return new Proxy(english, {
    get: (own, key): unknown => Reflect.get(translation?.[part] ?? own, key),
  });
}

/** Speaks as the browser was told last time, or else as its owner reads, as first.js has said of the first picture. */
export function speakFirst(): Promise<void> {
  return speak(known(recall(CHOSEN)) ?? preferred());
}

/**
 * Speaks as an account says, or a visitor; null, or a language that the page does not know, leaves it to the
 * browser. Resolves when it does: at once, unless that language has to be fetched.
 */
export function speakAs(chosen: string | null): Promise<void> {
  ofAccount = chosen;
  const wanted = known(chosen);
  if (wanted) remember(CHOSEN, wanted);
  else forget(CHOSEN);
  return speak(wanted ?? preferred());
}

/** What was chosen in this browser, by the account of last time or by a visitor; null: nothing. */
export function chosenLanguage(): Language | null {
  return known(recall(CHOSEN)) ?? null;
}

/** A language in its own words. */
export function nameOfLanguage(code: string): string {
  const name = new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code;
  return name.charAt(0).toLocaleUpperCase(code) + name.slice(1);
}

/** The locale to write times and numbers in: the reader's own kind of the language, such as `de-AT`. */
export function locale(): string {
  const spoken = language.get();
  return readerLocales().find((tag) => base(tag) === spoken) ?? spoken;
}

/** What the person writes in: it may be a language that the page reads, and does not speak. */
export function writtenIn(): string {
  return ofAccount ?? navigator.language;
}

async function speak(wanted: Language): Promise<void> {
  asked = wanted;
  let found: Parts | null = null;
  try {
    if (wanted === "de") found = (await import("./de")).german;
  } catch {
    // It could not be fetched: what is spoken now is understood, too. The next load tries again.
    return;
  }
  if (asked !== wanted) return;
  translation = found;
  document.documentElement.lang = wanted;
  language.set(wanted);
}

function preferred(): Language {
  for (const tag of readerLocales()) {
    const found = known(base(tag));
    if (found) return found;
  }
  return "en";
}

function known(code: string | null): Language | undefined {
  return LANGUAGES.find((one) => one === code);
}

function readerLocales(): readonly string[] {
  return navigator.languages;
}

function base(tag: string): string {
  return tag.toLowerCase().split("-", 1)[0] ?? "";
}
