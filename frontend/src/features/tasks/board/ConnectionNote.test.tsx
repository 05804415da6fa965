import { act } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import {
  freezeTime,
  makeTestWorkspace,
  renderPage,
  screen,
  type TestWorkspace,
} from "@/test/render";
import { makeTask } from "@/test/tasks";

import { ConnectionNote } from "./ConnectionNote";

let workspace: TestWorkspace;

describe("the connection", () => {
  beforeEach(async () => {
    freezeTime();
    workspace = makeTestWorkspace([makeTask({ id: "soon", title: "Soon" })]);
    await renderPage(
      <main>
        <ConnectionNote />
      </main>,
      workspace,
    );
  });

  it("says what still works offline, and how much waits", () => {
    act(() => {
      workspace.connection.set({ state: "offline", reason: null });
      workspace.store.begin("op", [{ kind: "task", id: "soon", set: { title: "New" } }]);
    });
    expect(screen.getByText(/You can read, add and change tasks/)).toHaveTextContent(
      "1 change waits.",
    );
  });

  it("says what to do where it will not come back by itself", () => {
    act(() => {
      workspace.connection.set({ state: "stopped", reason: "crowded" });
    });
    expect(screen.getByRole("alert")).toHaveTextContent("Too many windows are open");
  });
});
