import { describe, expect, it } from "vitest";

import { german } from "./de";
import { language } from "./language";

/** Words that are the same in both, by where they stand. Whatever else is alike was forgotten. */
const ALIKE = new Set([
  "board.product",
  "board.connection.live",
  "board.connection.offline",
  "board.connection.offlineWith",
  "board.detail.priorities.4",
  "activity.done.import",
  "settings.export",
  "settings.import",
  "board.time.seconds",
  "board.time.minutes",
  "board.time.hours",
  "board.page.titled",
  "breakdown.gemini",
  "breakdown.turn",
  "breakdown.total",
  "breakdown.minutes",
  "breakdown.hours",
  "breakdown.hoursMinutes",
  "settings.device",
  "settings.importFormats.taskengine",
  "settings.importItem",
  "settings.importField",
  "settings.span",
  "insights.minutes",
  "insights.hours",
  "insights.lateness.spans.900",
  "insights.lateness.spans.3600",
  "insights.lateness.spans.14400",
  "insights.lateness.short.3600",
  "insights.lateness.short.14400",
  "quickAdd.hours",
  "quickAdd.minutes",
  "quickAdd.labels",
  "views.label",
  "views.labels",
  "views.name",
  "views.colours.orange",
  "views.colours.indigo",
]);

const files = import.meta.glob<Record<string, unknown>>(["./*.ts", "!./*.test.ts"], {
  eager: true,
});
/** The modules beside the catalogue that hold no part of it. */
const TOOLS = ["index", "language", "parts", "plurals", "refusals"];
const parts = Object.entries(files).flatMap(([path, module]) => {
  const name = path.slice(2, -3);
  return TOOLS.includes(name)
    ? []
    : Object.entries(module).map(([part, english]) => ({ part, english, file: name }));
});

/** A part in English stands in one of these; the board's has a name of its own there. */
const named = (part: string) => (part === "en" ? "board" : part) as keyof typeof german;

/** What a message says, whatever it is given. */
function said(message: unknown): string {
  if (typeof message !== "function") return String(message);
  // Numbers go where numbers are wanted and texts where texts are: 7 reads the same as either.
  return String((message as (...given: unknown[]) => unknown)(7, 7, 7, 7, 7));
}

function leaves(tree: unknown, path: string): [string, unknown][] {
  if (typeof tree !== "object" || tree === null) return [[path, tree]];
  return Object.entries(tree).flatMap(([key, value]) => leaves(value, `${path}.${key}`));
}

describe("German", () => {
  it("has every part of the catalogue, and English is the page's own", () => {
    expect(language.get()).toBe("en");
    expect(parts.map(({ part }) => named(part)).sort()).toEqual(Object.keys(german).sort());
  });

  it("has each message, and none that English does not have", () => {
    for (const { part, english } of parts) {
      const has = (tree: unknown) =>
        leaves(tree, named(part))
          .map(([path]) => path)
          // Of these the server's own English names what is at fault.
          .filter(
            (path) => !/\.byCode\.(invalid|undo_conflict|step_order|unreadable_file)$/.test(path),
          );
      expect(has(german[named(part)]).sort()).toEqual(has(english).sort());
    }
  });

  it("is not English by oversight", () => {
    const alike: string[] = [];
    for (const { part, english } of parts) {
      const ours = new Map(leaves(german[named(part)], named(part)));
      for (const [path, message] of leaves(english, named(part))) {
        const both = [said(safe(message)), said(safe(ours.get(path)))];
        if (both[0] === both[1] && /\p{L}/u.test(both[0] ?? "")) alike.push(path);
      }
    }
    expect(alike.filter((path) => !ALIKE.has(path))).toEqual([]);
  });

  it("says du, without exclamation marks", () => {
    const everything = leaves(german, "").map(
      ([path, message]) => `${path}: ${said(safe(message))}`,
    );
    expect(
      everything.filter((line) => /!|\b(Sie|Ihr|Ihre|Ihnen)\b(?! (haben|sind))/.test(line)),
    ).toEqual([]);
  });
});

/** Messages about titles cut them, so they are given a text. */
function safe(message: unknown): unknown {
  if (typeof message !== "function") return message;
  return () => {
    try {
      return (message as (...given: unknown[]) => unknown)(7, 7, 7, 7, 7);
    } catch {
      return (message as (...given: unknown[]) => unknown)("7", "7", "7", "7", "7");
    }
  };
}
