import { cleanup, fireEvent } from "@testing-library/react";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { chips, input, Line, makeOfflineWorkspace } from "@/test/quickAdd";
import { freezeTime, renderPage, screen, type TestWorkspace } from "@/test/render";
import { iso } from "@/test/tasks";
import { pass } from "@/test/time";

const LINE = "Send invoice tomorrow 5pm #work @finance !1 ~30m";
let user: ReturnType<typeof freezeTime>;
let workspace: TestWorkspace;
let view: Awaited<ReturnType<typeof renderPage>>;

const marked = () => [...view.container.querySelectorAll("mark")].map((mark) => mark.textContent);
const created = () => workspace.commands.create.mock.calls.at(-1);

function named(kind: "project" | "label", id: string, name: string) {
  const at = iso(0);
  const head = { id, name, colour: "grey" as const, version: 1, created_at: at, updated_at: at };
  return { kind, data: kind === "label" ? head : { ...head, position: id, archived: false } };
}

beforeEach(async () => {
  user = freezeTime();
  workspace = makeOfflineWorkspace();
  workspace.store.replace({ epoch: "e", seq: 0 }, [
    named("project", "p1", "Work"),
    named("project", "p2", "Workshop"),
    named("label", "l1", "finance"),
  ] as never);
  workspace.commands.createProject.mockReturnValue("new project");
  workspace.commands.createLabel.mockReturnValue("new label");
  view = await renderPage(<Line />, workspace);
  await user.click(input());
});

/** Types what has a sign in it without the list of names coming in between. */
async function typed(line: string) {
  await user.type(input(), line.replaceAll("{", "{{"));
  await vi.waitFor(() => {
    expect(marked().length).toBeGreaterThan(0);
  });
}

describe("what is understood", () => {
  it("is marked, said in chips, and made", async () => {
    await typed(LINE);
    expect(marked()).toEqual(["tomorrow 5pm", "#work", "@finance", "!1", "~30m"]);
    expect(chips()[0]).toMatch(/Tomorrow.*UTC/);
    expect(chips().slice(1)).toEqual(["#Work", "@finance", "priority 1", "~30 min"]);
    await user.keyboard("{Enter}");
    expect(created()).toEqual([
      "Send invoice",
      { deadline: "2026-11-23T17:00:00.000Z", due_date: null },
      { project: "p1", labels: ["l1"], priority: 1, estimate_min: 30 },
    ]);
    expect(workspace.commands.createProject).not.toHaveBeenCalled();
    expect(input()).toHaveFocus();
    expect(chips()).toEqual([]);
  });

  it("may be new, is said to be, and is made with the task", async () => {
    await typed("Plant #garden @outside ");
    expect(chips()).toEqual(["#garden new", "@outside new"]);
    await user.keyboard("{Enter}");
    expect(workspace.commands.createProject).toHaveBeenCalledExactlyOnceWith("garden", "grey");
    expect(created()?.[2]).toEqual({ project: "new project", labels: ["new label"] });
  });

  it("is a word again by Backspace, and gone by the next", async () => {
    await typed("Read friday");
    await user.keyboard("{Backspace}");
    expect(marked()).toEqual([]);
    expect(input()).toHaveValue("Read friday");
    await user.keyboard("{Backspace}");
    expect(input()).toHaveValue("Read frida");
    await user.keyboard("y{Enter}");
    expect(created()?.[0]).toBe("Read");
  });

  it("is a word again by its chip", async () => {
    await typed("Read friday");
    await user.click(screen.getByRole("button", { name: /Take back/ }));
    expect(input()).toHaveFocus();
    await user.keyboard("{Enter}");
    expect(created()?.slice(0, 2)).toEqual(["Read friday", { deadline: null, due_date: null }]);
  });

  it("gives way to a deadline that was chosen by hand", async () => {
    await typed("Read friday");
    await user.click(screen.getByRole("button", { name: "Deadline" }));
    await user.click(await screen.findByRole("button", { name: "In 1 minute" }));
    expect(marked()).toEqual([]);
    await user.keyboard("{Enter}");
    expect(created()?.[0]).toBe("Read friday");
  });

  it("opens with Shift and Enter", async () => {
    await typed("Read friday");
    await user.keyboard("{Shift>}{Enter}{/Shift}");
    const id = created()?.[2]?.id;
    expect(view.router.state.location.pathname).toBe(`/tasks/${id ?? ""}`);
  });
});

describe("the server", () => {
  it("corrects the guess, and what is made is what is shown", async () => {
    workspace.connection.set({ state: "live", reason: null });
    document.cookie = "csrftoken=x";
    const answer = {
      title: "Plan",
      deadline: "2026-12-05T00:00:00.000000Z",
      due_date: "2026-12-04",
      time_zone: "UTC",
      project: null,
      labels: [],
      priority: null,
      estimate_min: null,
      spans: [{ start: 7, end: 18, kind: "deadline", text: "next friday" }],
      server_time: iso(0),
    };
    const fetched = vi.fn<typeof fetch>(() => Promise.resolve(Response.json(answer)));
    vi.stubGlobal("fetch", fetched);
    await user.type(input(), "👍 Plan next friday");
    await vi.waitFor(() => {
      expect(chips()[0]).toContain("Dec 4");
    });
    expect(marked()).toEqual(["next friday"]);
    expect(screen.getByRole("status")).toHaveTextContent("by the end of Fri, Dec 4");
    expect(fetched).toHaveBeenCalledTimes(1);
    expect(JSON.parse(fetched.mock.calls[0]?.[1]?.body as string)).toMatchObject({
      text: "👍 Plan next friday",
      time_zone: "UTC",
      plain: [],
    });
    await user.keyboard("{Enter}");
    expect(created()?.slice(0, 2)).toEqual([
      "👍 Plan",
      { deadline: "2026-12-05T00:00:00.000000Z", due_date: "2026-12-04" },
    ]);
  });
});

describe("Enter, right after typing", () => {
  const read = (title: string, due: string | null) =>
    Response.json({
      title,
      deadline: due && `${due}T00:00:00.000000Z`,
      due_date: due,
      time_zone: "UTC",
      project: null,
      labels: [],
      priority: null,
      estimate_min: null,
      spans: due ? [{ start: 5, end: 15, kind: "deadline", text: "on the 5th" }] : [],
      server_time: iso(0),
    });
  let answers: ((answer: Response) => void)[];

  beforeEach(() => {
    answers = [];
    document.cookie = "csrftoken=x";
    vi.stubGlobal("fetch", () => new Promise<Response>((resolve) => answers.push(resolve)));
    workspace.connection.set({ state: "live", reason: null });
  });

  /** Types it and presses Enter before anybody is asked; when the server is. */
  async function enter(line: string) {
    const before = answers.length;
    fireEvent.change(input(), { target: { value: line } });
    await user.keyboard("{Enter}");
    await vi.waitFor(() => {
      expect(answers.length).toBeGreaterThan(before);
    });
  }

  it("means what the server reads, and the line is free at once", async () => {
    await enter("Rest on the 5th");
    expect(input()).toHaveValue("");
    expect(created()).toBeUndefined();
    await enter("Tea");
    answers[1]?.(read("Tea", null));
    answers[0]?.(read("Rest", "2026-12-05"));
    await vi.waitFor(() => {
      expect(
        workspace.commands.create.mock.calls.map(([title, due]) => [title, due.due_date]),
      ).toEqual([
        ["Rest", "2026-12-05"],
        ["Tea", null],
      ]);
    });
  });

  it("means what the page reads where the server takes too long", async () => {
    await enter("Read tomorrow 5pm #work");
    pass(1_000);
    await vi.waitFor(() => {
      expect(created()).toEqual([
        "Read",
        { deadline: "2026-11-23T17:00:00.000Z", due_date: null },
        { project: "p1" },
      ]);
    });
  });

  it("is not lost with the page", async () => {
    await enter("Rest on the 5th");
    window.dispatchEvent(new Event("pagehide"));
    expect(workspace.commands.create).toHaveBeenCalledTimes(1);
    answers[0]?.(read("Rest", "2026-12-05"));
    await user.keyboard("x");
    expect(workspace.commands.create).toHaveBeenCalledTimes(1);
  });

  it("waits for what makes the guess, offline too", async () => {
    workspace.connection.set({ state: "offline", reason: null });
    // As if it were the very first letter: nothing has been fetched.
    cleanup();
    await renderPage(<Line />, workspace);
    input().focus();
    fireEvent.change(input(), { target: { value: "Read tomorrow 5pm #work" } });
    await user.keyboard("{Enter}");
    await vi.waitFor(() => {
      expect(created()?.slice(0, 2)).toEqual([
        "Read",
        { deadline: "2026-11-23T17:00:00.000Z", due_date: null },
      ]);
    });
  });
});

describe("names", () => {
  it("are offered as they are begun, and taken by keys", async () => {
    await user.type(input(), "Plan #wo");
    const combobox = await screen.findByRole("combobox", { name: "New task" });
    expect(screen.getAllByRole("option").map((one) => one.textContent)).toEqual([
      "#Work",
      "#Workshop",
    ]);
    const active = () => combobox.getAttribute("aria-activedescendant") ?? "";
    expect(document.getElementById(active())).toHaveTextContent("Work");
    await user.keyboard("{ArrowDown}");
    expect(document.getElementById(active())).toHaveTextContent("Workshop");
    await user.keyboard("{Enter}");
    expect(input()).toHaveValue("Plan #Workshop ");
    expect(workspace.commands.create).not.toHaveBeenCalled();
    expect(screen.queryByRole("listbox")).toBeNull();
  });

  it("are taken by a press, and left by Escape", async () => {
    await user.type(input(), "Plan @");
    await user.click(await screen.findByRole("option", { name: "finance" }));
    expect(input()).toHaveValue("Plan @finance ");
    await user.type(input(), "#");
    await screen.findByRole("listbox");
    await user.keyboard("{Escape}");
    expect(screen.queryByRole("listbox")).toBeNull();
    expect(input()).toHaveFocus();
  });
});
