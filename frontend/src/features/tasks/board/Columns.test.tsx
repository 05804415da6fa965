import { act } from "@testing-library/react";
import { useState } from "react";
import { expect, it } from "vitest";

import type { Task } from "@/shared/api/types";
import { freezeTime, makeTestWorkspace, renderPage, screen } from "@/test/render";
import { iso, makeEvent, makeTask } from "@/test/tasks";
import { pass } from "@/test/time";

import { NO_FILTER, type View } from "../view/view";
import { Columns } from "./Columns";
import { ViewProvider } from "./hands";

it("a count takes note of a task that comes, and not of another place or filter", async () => {
  freezeTime();
  const work = makeTask({ id: "work", project: "work" });
  const others = ["a", "b"].map((id) => makeTask({ id }));
  const workspace = makeTestWorkspace([work, ...others]);
  let look: (at: View) => void = () => undefined;
  function Looked() {
    const [view, setView] = useState<View>({
      place: { kind: "project", id: "work" },
      filter: NO_FILTER,
    });
    look = setView;
    return (
      <ViewProvider value={view}>
        <Columns onBegin={() => undefined} />
      </ViewProvider>
    );
  }
  await renderPage(<Looked />, workspace);
  const count = () => screen.getByRole("heading", { name: /^Upcoming/ }).lastElementChild!;
  const pulses = () => count().querySelector(".pulse-once") !== null;
  const go = (view: View) => {
    act(() => {
      look(view);
    });
  };
  expect(count()).toHaveTextContent("1");
  go({ place: { kind: "all" }, filter: NO_FILTER });
  expect(count()).toHaveTextContent("3");
  expect(pulses()).toBe(false);
  go({ place: { kind: "all" }, filter: { ...NO_FILTER, q: "a" } });
  go({ place: { kind: "all" }, filter: { ...NO_FILTER, q: "" } });
  expect(pulses()).toBe(false);
  act(() => {
    workspace.store.apply([makeEvent(1, "task.created", makeTask({ id: "c" }))]);
  });
  expect(count()).toHaveTextContent("4");
  expect(pulses()).toBe(true);
  // The same view, made anew.
  go({ place: { kind: "all" }, filter: { ...NO_FILTER } });
  expect(pulses()).toBe(true);
});

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
