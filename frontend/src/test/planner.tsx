import { within } from "@testing-library/react";
import { beforeEach, vi } from "vitest";

import Planner from "@/features/tasks/breakdown/Planner";
import type { Subject } from "@/features/tasks/workspace";
import type { Breakdown } from "@/shared/api/types";
import { toasts } from "@/shared/ui/toasts";

import { FakeServer } from "./breakdowns";
import { freezeTime, makeTestWorkspace, renderPage, screen, type TestWorkspace } from "./render";
import { iso, makeTask } from "./tasks";

export const DAY = 86_400_000;
export const task = makeTask({ id: "t1", title: "Write my thesis", deadline: iso(5 * DAY) });

/** The planner over a board of one task and a server that makes plans by rules. Anew for each test. */
export class PlannerHarness {
  readonly user = freezeTime();
  readonly workspace: TestWorkspace = makeTestWorkspace([task]);
  readonly server = new FakeServer();
  readonly onClose = vi.fn();
  readonly started = vi.fn();
  readonly onDraft = vi.fn();

  constructor() {
    this.server.answer("GET /ai/", {
      planner: "offline",
      model: null,
      budget: { limit: 30, left: 30, resets_at: iso(DAY / 2) },
      sends: "Nothing leaves this server.",
    });
  }

  async open(subject?: Subject) {
    const none = { deadline: null, due_date: null };
    const goal = { goal: "Write my thesis", deadline: none, started: this.started };
    const view = await renderPage(
      <Planner subject={subject ?? goal} onDraft={this.onDraft} onClose={this.onClose} />,
      this.workspace,
    );
    await screen.findByRole("dialog", { name: "Break down" });
    return view;
  }

  /** Opens a draft that the server has told of. */
  openDraft(draft: Breakdown) {
    this.workspace.store.takeDraft(draft);
    return this.open({ draftId: draft.id });
  }

  async click(name: string | RegExp): Promise<void> {
    await this.user.click(await screen.findByRole("button", { name }));
  }
}

export function withPlanner(): { readonly current: PlannerHarness } {
  const holder = { current: undefined as unknown as PlannerHarness };
  beforeEach(() => {
    holder.current = new PlannerHarness();
  });
  return holder;
}

export const button = (name: string | RegExp) => screen.getByRole("button", { name });

/** The steps' titles, as they can be edited. */
export const titles = () =>
  within(screen.getByRole("list", { name: "Steps" }))
    .getAllByRole("textbox", { name: /^Step/ })
    .map((field) => (field as HTMLTextAreaElement).value);

export const messages = () => toasts.get().map(({ message }) => message);
