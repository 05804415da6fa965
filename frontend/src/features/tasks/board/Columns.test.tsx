import { expect, it } from "vitest";

import type { Task } from "@/shared/api/types";
import { freezeTime, makeTestWorkspace, renderPage, screen } from "@/test/render";
import { iso, makeTask } from "@/test/tasks";
import { pass } from "@/test/time";

import { Columns } from "./Columns";

it("draws no other card anew when one crosses", async () => {
  freezeTime();
  let drawn = 0;
  const watched = (id: string, fields: Partial<Task> = {}): Task => ({
    ...makeTask({ id, ...fields }),
    get title() {
      drawn += 1;
      return id;
    },
  });
  const workspace = makeTestWorkspace([
    makeTask({ id: "soon", title: "Soon", deadline: iso(60_000) }),
    watched("open"),
    watched("late", { deadline: iso(-60_000) }),
    watched("done", { completed_at: iso(-60_000) }),
  ]);
  await renderPage(<Columns onBegin={() => undefined} />, workspace);
  expect(await screen.findAllByRole("article")).toHaveLength(4);
  drawn = 0;
  pass(61_000);
  expect(screen.getByRole("region", { name: "Missed, 2 tasks" })).toBeVisible();
  expect(drawn).toBe(0);
});
