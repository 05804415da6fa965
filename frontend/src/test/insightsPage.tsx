import { within } from "@testing-library/react";
import { vi } from "vitest";

import InsightsPage from "@/features/insights/InsightsPage";

import { makeInsights } from "./insights";
import { makeTestWorkspace, renderPage, screen, type TestWorkspace } from "./render";
import { nothingResizes } from "./unsized";

export const MISSED = "What is missed and still open?";

/** The server, of which nothing is asked but the aggregate. */
export const server = {
  answer: makeInsights(),
  fetched: vi.fn<() => Promise<Response>>(),
  begin() {
    server.answer = makeInsights();
    server.fetched
      .mockReset()
      .mockImplementation(() =>
        Promise.resolve(
          new Response(JSON.stringify(server.answer), { headers: { ETag: 'W/"1"' } }),
        ),
      );
    vi.stubGlobal("fetch", server.fetched);
    nothingResizes();
  },
};

/** Draws the insights of these tasks, or of a workspace in which they were drawn before. */
export async function drawInsights(of: Parameters<typeof makeTestWorkspace>[0] | TestWorkspace) {
  const workspace = of && "store" in of ? of : makeTestWorkspace(of);
  const reschedule = vi.fn<(ids: readonly string[], anchor: HTMLElement) => void>();
  const page = <InsightsPage store={workspace.store} zone="UTC" onReschedule={reschedule} />;
  const view = await renderPage(page, workspace);
  return { ...view, workspace, reschedule };
}

/** What answers a question. */
export const panel = (question: string) => within(screen.getByRole("region", { name: question }));
