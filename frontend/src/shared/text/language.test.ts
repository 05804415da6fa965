import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { dueText, timeOfDay } from "@/features/tasks/deadline/when";
import { recall, remember } from "@/shared/lib/storage";

import { german } from "./de";
import { text } from "./index";
import { language, locale, speakAs, speakFirst, writtenIn } from "./language";
import { pluralOf } from "./plurals";
import { settings } from "./settings";

const browserReads = (...tags: string[]) =>
  vi.spyOn(navigator, "languages", "get").mockReturnValue(tags);

beforeEach(() => {
  browserReads("en-GB", "en");
});

describe("the page speaks", () => {
  it("what the account has chosen, and remembers it for the next first paint", async () => {
    await speakAs("de");
    expect(text.header.settings).toBe("Einstellungen");
    expect(settings.title).toBe("Einstellungen");
    expect(document.documentElement.lang).toBe("de");
    expect(recall("language")).toBe("de");
    await speakAs("en");
    expect(text.header.settings).toBe("Settings");
    expect(document.documentElement.lang).toBe("en");
  });

  it("as the browser does where the account leaves it open, and forgets what was remembered", async () => {
    remember("language", "en");
    browserReads("fr", "de-AT", "en");
    await speakAs(null);
    expect(language.get()).toBe("de");
    expect(recall("language")).toBeNull();
    // A language that only the search knows is left to the browser, too.
    browserReads("fr");
    await speakAs("fr");
    expect(language.get()).toBe("en");
  });

  it("first what it was told last time", async () => {
    remember("language", "de");
    await speakFirst();
    expect(text.header.settings).toBe("Einstellungen");
  });

  it("is written to in what the account has chosen, be it one that only the search knows", async () => {
    await speakAs("es");
    expect([language.get(), writtenIn()]).toEqual(["en", "es"]);
    await speakAs(null);
    expect(writtenIn()).toBe(navigator.language);
  });

  it("what was asked for last, however long the other took to come", async () => {
    const first = speakAs("de");
    await Promise.all([speakAs("en"), first]);
    expect(language.get()).toBe("en");
    expect(text.header.settings).toBe("Settings");
  });
});

describe("times", () => {
  const AFTERNOON = Date.parse("2026-11-22T17:05:00Z");

  it("are written in the reader's own kind of the language", async () => {
    browserReads("en-US", "de-AT");
    expect(timeOfDay(AFTERNOON, "UTC")).toBe("5:05 PM");
    await speakAs("de");
    expect(locale()).toBe("de-AT");
    expect(timeOfDay(AFTERNOON, "UTC")).toBe("17:05");
    expect(dueText({ deadline: null, due_date: "2026-12-24" }, "UTC", "2026-11-22")).toMatch(/Dez/);
  });

  it("are written in the language itself where the reader has no kind of it", async () => {
    await speakAs("de");
    expect(locale()).toBe("de");
  });
});

it("counts as each language does", () => {
  expect(pluralOf("en")(1, "task", "tasks")).toBe("1 task");
  expect(pluralOf("en")(1_234, "task", "tasks")).toBe("1,234 tasks");
  expect(pluralOf("de")(1_234, "Aufgabe", "Aufgaben")).toBe("1.234 Aufgaben");
  expect(german.board.time.daysAgo(1)).toBe("vor 1 Tag");
  expect(text.time.daysAgo(0)).toBe("0 days ago");
});

afterEach(async () => {
  await speakAs("en");
});
