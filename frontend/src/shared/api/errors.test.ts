import { readdirSync, readFileSync } from "node:fs";

import { afterEach, describe, expect, it } from "vitest";

import { text } from "@/shared/text";
import { speakAs } from "@/shared/text/language";

import { readError } from "./errors";

const sources = readdirSync("../taskengine", { recursive: true, encoding: "utf8" })
  .filter((path) => /(^|\/)errors\.py$/.test(path))
  .map((path) => readFileSync(`../taskengine/${path}`, "utf8"));
const codes = new Set(
  sources.flatMap((source) =>
    [...source.matchAll(/^ {4}code(?:: ClassVar\[str\])? = "(\w+)"/gm)].map(
      ([, code = ""]) => code,
    ),
  ),
);

/** What no person meets on the page, by why. */
const UNSEEN = new Set([
  // What is refused of a batch says its own reason.
  ...["batch_failed", "refused"],
  // The page makes these itself, and right.
  ...["id_taken", "idempotency_key_reused", "deadline_conflict"],
  // Of plans while they are made: the planner's own.
  ...["duplicate_step", "unknown_dependency", "dependency_cycle"],
  // For staff, who have no page here, and for processes.
  ...["user_not_found", "staff_only", "superuser_needed", "last_staff", "own_account"],
  ...["in_use", "backup", "newer_backup", "newer_database", "not_a_backup"],
]);

/** Of these the server's own English names what is at fault. */
const BETTER_SAID = new Set(["undo_conflict", "step_order", "unreadable_file"]);

afterEach(() => speakAs(null));

describe("a refusal", () => {
  it.each(["en", "de"])("has a sentence of the page for every code: %s", async (language) => {
    await speakAs(language);
    expect(codes.size).toBeGreaterThan(40);
    const unsaid = [...codes].filter(
      (code) =>
        !UNSEEN.has(code) &&
        !(language === "en" && BETTER_SAID.has(code)) &&
        text.errors.byCode[code] === undefined,
    );
    expect(unsaid).toEqual([]);
  });

  it("is said in the page's language, and in the server's words where the code is unknown", async () => {
    await speakAs("de");
    const said = (code: string) =>
      readError(409, { code, detail: "In the server's words." }, null).message;
    expect(said("project_not_empty")).toBe("Im Projekt sind noch Aufgaben offen.");
    expect(said("of_a_later_version")).toBe("In the server's words.");
  });

  it("of an invalid field says what is wrong with it", () => {
    const errors = [{ pointer: "/title", code: "blank", detail: "In the server's words." }];
    const body = { code: "invalid", detail: "See errors.", errors };
    expect(readError(400, body, null).message).toBe("This must not be empty.");
  });
});
