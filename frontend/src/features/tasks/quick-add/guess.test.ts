import { beforeAll, describe, expect, it } from "vitest";

import { corrected, dueWords } from "./corrected";
import { fieldsOf } from "./make";
import { makeReader, type Reader } from "./reader";
import { type Circumstances, plainly, type Reading, titleOf } from "./reading";

/** A Sunday noon in Berlin, as in the server's own table of lines. */
const NOW = Date.parse("2026-11-22T11:00:00Z");
const how: Circumstances = {
  now: NOW,
  zone: "Europe/Berlin",
  language: "en",
  projects: ["Home improvement", "Work"],
  labels: ["Finance"],
  plain: [],
};
const readers = new Map<string, Reader>();

beforeAll(async () => {
  for (const language of ["en", "de", "es"]) readers.set(language, await makeReader(language));
});

function read(line: string, more: Partial<Circumstances> = {}): Reading {
  const language = more.language ?? "en";
  const reader = readers.get(language);
  if (!reader) throw new Error(`no reader of ${language}`);
  return reader(line, { ...how, ...more });
}

function due({ deadline: { deadline, due_date } }: Reading): string | null {
  return due_date ?? (deadline === null ? null : new Date(deadline).toISOString().slice(0, 16));
}

describe("the guess", () => {
  it.each([
    ["en", "Send invoice friday 5pm", "Send invoice", "2026-11-27T16:00"],
    ["en", "Send invoice by friday", "Send invoice", "2026-11-27"],
    ["en", "Send invoice friday at 5", "Send invoice", "2026-11-27T16:00"],
    ["en", "Friday call Bo at 3pm", "call Bo", "2026-11-27T14:00"],
    ["en", "Water the plants in 3 days", "Water the plants", "2026-11-25"],
    ["en", "Take out the cake in 2h", "Take out the cake", "2026-11-22T13:00"],
    ["en", "Stand up 9am", "Stand up", "2026-11-23T08:00"],
    ["en", "Stand up tomorrow morning", "Stand up", "2026-11-23T08:00"],
    ["en", "Watch the match tonight", "Watch the match", "2026-11-22T19:00"],
    ["en", "Plan next week", "Plan", "2026-11-23"],
    ["en", "Submit friday midnight", "Submit", "2026-11-27T23:00"],
    ["de", "Rechnung schicken freitag 17 Uhr", "Rechnung schicken", "2026-11-27T16:00"],
    ["de", "Rechnung schicken bis zum 24.12.", "Rechnung schicken", "2026-12-24"],
    ["de", "Send it tomorrow", "Send it", "2026-11-23"],
    ["es", "Enviar factura mañana", "Enviar factura", "2026-11-23"],
    ["en", "You may rest", "You may rest", null],
    ["en", "Buy sun cream", "Buy sun cream", null],
    ["en", "March 3 miles with Bo", "March 3 miles with Bo", null],
    ["en", "Read it a second time", "Read it a second time", null],
    ["en", "Chapter 10", "Chapter 10", null],
    ["en", "Buy 1/2 pumpkin", "Buy 1/2 pumpkin", null],
    ["en", "Prepare friday's slides", "Prepare friday's slides", null],
    ["en", "Buy Black Friday things", "Buy Black Friday things", null],
    ["en", "Water the plants every friday", "Water the plants every friday", null],
    ["en", 'Watch "Friday Night Lights"', 'Watch "Friday Night Lights"', null],
    ["de", "So geht das", "So geht das", null],
  ])("%s: %s", (language, line, title, by) => {
    const reading = read(line, { language });
    expect([titleOf(line, reading.spans), due(reading)]).toEqual([title, by]);
  });

  it("reads all signs, and writes known names as they are written", () => {
    const line = "Send invoice #work @finance @new !1 ~1h30";
    const reading = read(line);
    expect(reading).toMatchObject({
      project: "Work",
      labels: ["Finance", "new"],
      priority: 1,
      estimate: 90,
    });
    expect(titleOf(line, reading.spans)).toBe("Send invoice");
    expect(read("Paint #home improvement now").project).toBe("Home improvement");
  });

  it("leaves what was taken back", () => {
    expect(due(read("Read friday 5pm", { plain: ["friday 5pm"] }))).toBeNull();
    expect(read("Read #work", { plain: ["#work"] }).project).toBeNull();
    expect(due(read("Read friday", { plain: ["fri"] }))).toBe("2026-11-27");
  });
});

describe("the server's answer", () => {
  const asked = { ...how };
  const line = "Plan next friday";
  const answer = (): Parameters<typeof corrected>[1] => ({
    reading: {
      ...plainly(line),
      spans: [{ start: 5, end: 16, kind: "deadline" }],
      deadline: { deadline: "2026-12-04T23:00:00.000000Z", due_date: "2026-12-04" },
    },
    how: asked,
    guessed: dueWords(read(line)),
  });

  it("counts for the line that it is of", () => {
    expect(due(corrected(read(line), answer(), asked))).toBe("2026-12-04");
  });

  it("counts on while its words stand, wherever", () => {
    const longer = read(`!1 ${line} with Bo`);
    const shown = corrected(longer, answer(), asked);
    expect(due(shown)).toBe("2026-12-04");
    expect(titleOf(shown.line, shown.spans)).toBe("Plan with Bo");
  });

  it("outlives what else is taken back", () => {
    const plain = { ...asked, plain: ["!1"] };
    const shown = corrected(read(`${line} !1`, plain), answer(), plain);
    expect([due(shown), shown.priority]).toEqual(["2026-12-04", null]);
  });

  it("is forgotten with the words, and with another way to read them", () => {
    expect(due(corrected(read("Plan monday"), answer(), asked))).toBe("2026-11-23");
    const plain = { ...asked, plain: ["next friday"] };
    expect(due(corrected(read(line, plain), answer(), plain))).toBeNull();
  });
});

it("makes what is new, and takes what is there", () => {
  const made: string[] = [];
  const create = (name: string) => {
    made.push(name);
    return `id of ${name}`;
  };
  const fields = fieldsOf(
    { ...plainly("x"), project: "garden", labels: ["finance", "soon"], priority: 2 },
    {
      projects: [{ id: "1", name: "Garden", archived: true }] as never,
      labels: [{ id: "2", name: "Finance" }] as never,
    },
    { createProject: create, createLabel: create },
  );
  expect(made).toEqual(["garden", "soon"]);
  expect(fields).toEqual({ project: "id of garden", labels: ["2", "id of soon"], priority: 2 });
});
