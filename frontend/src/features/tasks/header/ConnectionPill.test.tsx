import { act } from "@testing-library/react";
import { expect, it } from "vitest";

import { screenIs } from "@/test/media";
import { makeTestWorkspace, renderPage, screen } from "@/test/render";
import { makeTask } from "@/test/tasks";

import { ConnectionPill } from "./ConnectionPill";

/** Draws it without a connection, while two changes wait. */
async function offline(noted: boolean) {
  const workspace = makeTestWorkspace([makeTask({ id: "a" })]);
  await renderPage(<ConnectionPill noted={noted} />, workspace);
  act(() => {
    workspace.store.begin("1", [{ kind: "task", id: "a", set: { title: "New" } }]);
    workspace.store.begin("2", [{ kind: "task", id: "a", set: { priority: 1 } }]);
    workspace.connection.set({ state: "offline", reason: null });
  });
  return screen.getByRole("status", { name: "Connection" });
}

it.each([true, false])(
  "says how much waits where there is room, noted or not: %s",
  async (noted) => {
    expect(await offline(noted)).toHaveTextContent("Offline: 2 changes wait");
  },
);

it("says it on a phone where no note does", async () => {
  screenIs(false);
  expect(await offline(false)).toHaveTextContent("Offline: 2 waiting");
});

it("leaves it on a phone to the note", async () => {
  screenIs(false);
  expect((await offline(true)).textContent).toBe("Offline");
});
