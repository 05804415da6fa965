import { beforeEach, expect, it, vi } from "vitest";

import { freezeTime, makeTestWorkspace, renderPage, screen } from "@/test/render";
import { asItems, makeProject, makeTask } from "@/test/tasks";

import { NO_FILTER } from "../view/view";
import { BoardPage } from "./BoardPage";

let user: ReturnType<typeof freezeTime>;

beforeEach(() => {
  user = freezeTime();
});

async function draw(
  kind: "project" | "label",
  projects: readonly ReturnType<typeof makeProject>[],
) {
  const inside = makeTask({ id: "i", title: "Inside", project: "p" });
  const workspace = makeTestWorkspace();
  const items = projects.map((data) => ({ kind: "project", data }));
  workspace.store.replace({ epoch: "e", seq: 0 }, [...asItems([inside]), ...items]);
  const view = { place: { kind, id: "p" }, filter: NO_FILTER };
  const rest = { title: "Place", bucket: "upcoming", modal: false, detail: null } as const;
  await renderPage(
    <BoardPage view={view} {...rest} onBucket={vi.fn()} onLeave={vi.fn()} onPlan={vi.fn()} />,
    workspace,
  );
  return workspace;
}

const wayOut = () => screen.getByRole("link", { name: "Show all tasks" });

it("an archived project says so beside what is in it, and can be brought back", async () => {
  const workspace = await draw("project", [makeProject({ id: "p", archived: true })]);
  expect(await screen.findByText("This project is archived.")).toBeVisible();
  expect(screen.getByRole("article", { name: "Inside" })).toBeVisible();
  expect(wayOut()).toHaveAttribute("href", "/");
  await user.click(screen.getByRole("button", { name: "Bring back" }));
  expect(workspace.commands.editProject.mock.calls[0]?.[1]).toEqual({ archived: false });
});

it.each([
  ["project", "This project does not exist any more."],
  ["label", "This label does not exist any more."],
] as const)("a %s that is gone says so, and leads to all tasks", async (kind, says) => {
  await draw(kind, []);
  expect(await screen.findByText(says)).toBeVisible();
  expect(screen.queryByRole("region", { name: /^Upcoming/ })).toBeNull();
  expect(wayOut()).toHaveAttribute("href", "/");
});

it("a project that stands has nothing said of it", async () => {
  await draw("project", [makeProject({ id: "p" })]);
  expect(await screen.findByRole("article", { name: "Inside" })).toBeVisible();
  expect(screen.queryByRole("link", { name: "Show all tasks" })).toBeNull();
});
