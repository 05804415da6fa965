import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { IndexHtmlTransformContext } from "vite";
import { beforeAll, beforeEach, expect, it, vi } from "vitest";

import { german } from "@/shared/text/de";
import { landing } from "@/shared/text/landing";
import { remember } from "@/shared/lib/storage";

import { opening } from "../../opening.ts";

const inFrontend = (path: string) => join(import.meta.dirname, "../..", path);
const chunk = (fileName: string, part: string, imports: readonly string[] = []) => ({
  type: "chunk",
  fileName,
  moduleIds: [inFrontend(part)],
  imports,
});
/** As the build hands it over: the frame is what the board and Insights can't do without. */
const BUNDLE = [
  chunk("frame.js", "src/app/memberRoutes.ts"),
  chunk("board.js", "src/app/Board.tsx", ["frame.js"]),
  chunk("door.js", "src/app/Landing.tsx"),
  chunk("insights.js", "src/app/Insights.tsx", ["frame.js"]),
  chunk("settings.js", "src/features/settings/SettingsPage.tsx"),
];

let html = "";
let script = "";
const fetched = vi.fn<typeof fetch>(() => Promise.resolve(new Response("{}")));

beforeAll(async () => {
  const { transformIndexHtml: transform } = opening();
  if (typeof transform !== "object") throw new Error("The plugin transforms no document.");
  const context = { bundle: Object.fromEntries(BUNDLE.entries()) };
  const made = await transform.handler.call(
    undefined as never,
    readFileSync(inFrontend("index.html"), "utf8"),
    context as unknown as IndexHtmlTransformContext,
  );
  html = made as string;
  script = /<script>(.*?)<\/script>/s.exec(html)?.[1] ?? "";
});

beforeEach(() => {
  fetched.mockClear();
  vi.stubGlobal("fetch", fetched);
  document.head.replaceChildren();
  delete document.documentElement.dataset.door;
  delete document.documentElement.dataset.theme;
  delete window.taskengineAhead;
});

/** What the document's own script has fetched at this address, by the names of the files. */
function openAt(path: string): readonly string[] {
  window.history.replaceState(null, "", path);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- what the document holds
  new Function(script)();
  return [...document.head.querySelectorAll<HTMLLinkElement>("link[rel=modulepreload]")].map(
    ({ href }) => href.replace(/.*\//, ""),
  );
}

it("draws the frame and the front door into the document, in every language", () => {
  const page = new DOMParser().parseFromString(html, "text/html");
  const root = page.querySelector("#root");
  expect(root?.querySelector("header")?.textContent).toContain("taskengine");
  expect(root?.querySelector("[data-said=en] h1")?.textContent).toBe(landing.claim);
  expect(root?.querySelector("[data-said=de] h1")?.textContent).toBe(german.landing.claim);
});

it("shows a stranger the door, and fetches what stands behind it", () => {
  expect(openAt("/")).toEqual(["door.js"]);
  expect(document.documentElement.dataset.door).toBe("");
  expect(fetched).not.toHaveBeenCalled();
});

it("fetches for a member what the address needs, the board only where it is drawn", () => {
  remember("member", "yes");
  expect(openAt("/")).toEqual(["frame.js", "board.js"]);
  expect(document.documentElement.dataset.door).toBeUndefined();
  document.head.replaceChildren();
  expect(openAt("/tasks/1")).toEqual(["frame.js", "board.js"]);
  document.head.replaceChildren();
  expect(openAt("/settings/security")).toEqual(["frame.js", "settings.js"]);
  document.head.replaceChildren();
  expect(openAt("/activity")).toEqual(["frame.js"]);
  expect(fetched).not.toHaveBeenCalled();
});

it("asks ahead what Insights asks first, for who was here last", async () => {
  remember("member", "yes");
  remember("user", "ada");
  expect(openAt("/insights")).toEqual(["frame.js", "insights.js"]);
  expect(fetched.mock.calls.map(([path]) => path)).toEqual(["/api/v1/insights/"]);
  expect(window.taskengineAhead?.user).toBe("ada");
  expect(Math.abs(Date.now() - (window.taskengineAhead?.at ?? 0))).toBeLessThan(5_000);
  expect((await window.taskengineAhead?.answer)?.ok).toBe(true);
});

it("knows the theme and the language before anything is drawn", () => {
  remember("theme", "dark");
  remember("language", "de");
  openAt("/");
  expect(document.documentElement.dataset.theme).toBe("dark");
  expect(document.documentElement.lang).toBe("de");
});
