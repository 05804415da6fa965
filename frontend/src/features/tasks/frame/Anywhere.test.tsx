import { within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import {
  freezeTime,
  makeTestWorkspace,
  renderPage,
  screen,
  type TestWorkspace,
} from "@/test/render";

import { Anywhere } from "./Anywhere";
// Here already: it is fetched when it is wanted, which takes its time the first time.
import "../quick-add/AddDialog";

let user: ReturnType<typeof freezeTime>;
let workspace: TestWorkspace;

beforeEach(async () => {
  user = freezeTime();
  workspace = makeTestWorkspace();
  await renderPage(
    <>
      <button>Something else</button>
      <input aria-label="A field" />
      <Anywhere />
    </>,
    workspace,
  );
  (await screen.findByRole("button")).focus();
});

const dialog = () => screen.findByRole("dialog", { name: "New task" });

describe("a page without a board", () => {
  it("takes a new task by q, and gives the focus back", async () => {
    await user.keyboard("q");
    const line = within(await dialog()).getByRole("textbox", { name: "New task" });
    expect(line).toHaveFocus();
    await user.keyboard("Water the plants{Enter}");
    expect(workspace.commands.create.mock.calls[0]?.[0]).toBe("Water the plants");
    expect(screen.queryByRole("dialog")).toBeNull();
    expect(screen.getByRole("button")).toHaveFocus();
  });

  it("leaves letters to what is typed into", async () => {
    screen.getByLabelText("A field").focus();
    await user.keyboard("q");
    expect(screen.getByLabelText("A field")).toHaveValue("q");
    expect(screen.queryByRole("dialog")).toBeNull();
  });
});
