import { vi } from "vitest";

import { BoardPage } from "@/features/tasks/board/BoardPage";
import { Away } from "@/features/tasks/frame/Away";
import { UndoKey } from "@/features/tasks/frame/UndoKey";
import { NO_FILTER } from "@/features/tasks/view/view";
import type { Task } from "@/shared/api/types";

import { makeTestWorkspace, renderPage, screen } from "./render";
import { asItems, iso, makeTask } from "./tasks";

export const soon = makeTask({ id: "soon", title: "Soon", deadline: iso(60_000) });
export const open = makeTask({ id: "open", title: "Open" });
export const late = makeTask({ id: "late", title: "Late", deadline: iso(-60_000) });
export const done = makeTask({ id: "done", title: "Done", completed_at: iso(-60_000) });

type Props = Parameters<typeof BoardPage>[0];

/** The board of all tasks, nothing open. */
export const ALL: Props = {
  view: { place: { kind: "all" }, filter: NO_FILTER },
  title: "All",
  bucket: "upcoming",
  onBucket: vi.fn(),
  modal: false,
  detail: null,
  onLeave: vi.fn(),
  onPlan: vi.fn(),
};

/** Draws a board and waits for it; with null for tasks nothing is known of them yet. Returns its workspace. */
export async function drawBoard(
  tasks: readonly Task[] | null,
  props: Partial<Props> = {},
  others: readonly { readonly kind: string; readonly data: unknown }[] = [],
) {
  const workspace = makeTestWorkspace(tasks);
  if (tasks) workspace.store.replace({ epoch: "e", seq: 0 }, [...asItems(tasks), ...others]);
  await renderPage(
    <>
      <UndoKey />
      <Away onBoard />
      <BoardPage {...ALL} {...props} />
    </>,
    workspace,
  );
  await screen.findByRole("textbox", { name: "New task" });
  if (tasks?.length) await screen.findAllByRole("region");
  return workspace;
}
