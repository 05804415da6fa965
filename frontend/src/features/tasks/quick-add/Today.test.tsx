import { beforeEach, describe, expect, it, vi } from "vitest";

import { chips, input, Line, makeOfflineWorkspace } from "@/test/quickAdd";
import { freezeTime, renderPage, screen, type TestWorkspace } from "@/test/render";

import { ViewProvider } from "../board/hands";
import { NO_FILTER } from "../view/view";

const TODAY = { deadline: "2026-11-23T00:00:00.000Z", due_date: "2026-11-22" };
let user: ReturnType<typeof freezeTime>;
let workspace: TestWorkspace;

const created = () => workspace.commands.create.mock.calls.at(-1);

beforeEach(async () => {
  user = freezeTime();
  workspace = makeOfflineWorkspace();
  await renderPage(
    <ViewProvider value={{ place: { kind: "today" }, filter: NO_FILTER }}>
      <Line />
    </ViewProvider>,
    workspace,
  );
  await user.click(input());
});

describe("in Today", () => {
  it("a task is due today, and a chip says so", async () => {
    await user.type(input(), "Water the plants");
    await vi.waitFor(() => {
      expect(chips()).toEqual(["Today"]);
    });
    await user.keyboard("{Enter}");
    expect(created()).toEqual(["Water the plants", TODAY, {}]);
  });

  it("it is due when the line says", async () => {
    await user.type(input(), "Water the plants tomorrow 5pm");
    await user.keyboard("{Enter}");
    expect(created()?.[1]).toEqual({ deadline: "2026-11-23T17:00:00.000Z", due_date: null });
  });

  it("it is not due where that is taken back, and the next one is again", async () => {
    await user.type(input(), "Water the plants");
    await user.click(await screen.findByRole("button", { name: /Today/ }));
    expect(chips()).toEqual([]);
    await user.type(input(), "{Enter}");
    expect(created()).toEqual(["Water the plants", { deadline: null, due_date: null }, {}]);
    await user.type(input(), "Tea{Enter}");
    expect(created()).toEqual(["Tea", TODAY, {}]);
  });
});
