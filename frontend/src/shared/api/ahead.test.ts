import { beforeEach, expect, it, vi } from "vitest";

import { remember } from "@/shared/lib/storage";

import { getInsights } from "./getInsights";

const fetched = vi.fn<typeof fetch>();
const answer = (tag: string, status = 200) =>
  new Response(JSON.stringify({ tag }), { status, headers: { ETag: tag } });

/** The document has asked, as first.js does. */
function asked(found: Response | null, user = "ada"): void {
  const answer = Promise.resolve(found);
  window.taskengineAhead = { path: "/api/v1/insights/", at: Date.now(), user, answer };
}

beforeEach(() => {
  fetched.mockReset().mockImplementation(() => Promise.resolve(answer("asked here")));
  vi.stubGlobal("fetch", fetched);
  remember("user", "ada");
  delete window.taskengineAhead;
});

it("takes what the document has asked, once", async () => {
  asked(answer("asked ahead"));
  expect((await getInsights(null))?.tag).toBe("asked ahead");
  expect(fetched).not.toHaveBeenCalled();
  expect((await getInsights(null))?.tag).toBe("asked here");
});

it("takes nothing that has grown old, not even later", async () => {
  vi.useFakeTimers();
  asked(answer("asked ahead"));
  vi.advanceTimersByTime(10_000);
  expect((await getInsights(null))?.tag).toBe("asked ahead");
  asked(answer("of long ago"));
  const before = Date.now();
  vi.advanceTimersByTime(10_001);
  expect((await getInsights(null))?.tag).toBe("asked here");
  vi.setSystemTime(before);
  expect((await getInsights(null))?.tag).toBe("asked here");
});

it("never takes what was asked for somebody else, not even later", async () => {
  asked(answer("of Bob"), "bob");
  expect((await getInsights(null))?.tag).toBe("asked here");
  remember("user", "bob");
  expect((await getInsights(null))?.tag).toBe("asked here");
});

it.each([
  ["was refused", answer("refused", 403)],
  ["had no answer", null],
])("asks by itself where that %s", async (_, found) => {
  asked(found);
  expect((await getInsights(null))?.tag).toBe("asked here");
});

it("asks for what is newer than it knows", async () => {
  asked(answer("asked ahead"));
  expect((await getInsights("known"))?.tag).toBe("asked here");
});
