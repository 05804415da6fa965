import {
  createMemoryHistory,
  createRootRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { type Mock, vi } from "vitest";

import type { Absence } from "@/features/tasks/board/away";
import type { Commands } from "@/features/tasks/commands";
import { WorkspaceProvider } from "@/features/tasks/context";
import type { WorkingHours } from "@/features/tasks/deadline/slot";
import type { RowPlace } from "@/features/tasks/frame/rows";
import type { Arrival, Asking, Connection, Subject, Wanted } from "@/features/tasks/workspace";
import type { Task } from "@/shared/api/types";
import { Clock } from "@/shared/clock/clock";
import { ClockProvider } from "@/shared/clock/react";
import { Observable } from "@/shared/lib/observable";
import { systemTimers } from "@/shared/lib/timers";
import { TaskStore } from "@/shared/store/store";

import { atEnd } from "./ending";
import { asItems, NOW } from "./tasks";

type Watched = {
  readonly [Name in keyof Commands]: Mock<Commands[Name]>;
};

/** Commands that do nothing but remember that they were given. */
export function watchedCommands(): Watched {
  const made = new Map<PropertyKey, Mock>();
  return new Proxy({} as Watched, {
    get: (_, name) => {
      const known = made.get(name);
      if (known) return known;
      const fresh = vi.fn();
      made.set(name, fresh);
      return fresh;
    },
  });
}

/** A workspace whose commands are watched, and whose server is the test. */
export function makeTestWorkspace(tasks: readonly Task[] | null = []) {
  const clock = new Clock(systemTimers);
  const store = new TaskStore(clock);
  atEnd(store.keepTime());
  if (tasks) store.replace({ epoch: "e", seq: 0 }, asItems(tasks));
  const commands = watchedCommands();
  const connection = new Observable<Connection>({ state: "live", reason: null });
  const subject = new Observable<Subject | null>(null);
  const asking = new Observable<Asking | null>(null);
  const away = new Observable<Absence | null>(null);
  const arrival = new Observable<Arrival | null>(null);
  const left = new Observable<RowPlace | null>(null);
  const wanted = new Observable<Wanted | null>(null);
  const hours = new Observable<WorkingHours | null>(null);
  const zone = new Observable("UTC");
  return {
    clock,
    store,
    commands,
    connection,
    subject,
    asking,
    away,
    arrival,
    left,
    wanted,
    viewer: "me",
    zone,
    hours,
  };
}

export type TestWorkspace = ReturnType<typeof makeTestWorkspace>;

/** Fake time that still lets pointers and keys work. Call before anything reads a clock. */
export function freezeTime() {
  vi.useFakeTimers({ now: NOW, shouldAdvanceTime: true, advanceTimeDelta: 5 });
  return userEvent.setup({ advanceTimers: (ms) => vi.advanceTimersByTime(ms) });
}

/** Draws something as it stands on the page: with a router and one clock around it. */
export async function renderPage(page: ReactNode, workspace: TestWorkspace = makeTestWorkspace()) {
  const root = createRootRoute({
    component: () => (
      <ClockProvider value={workspace.clock}>
        <WorkspaceProvider value={workspace}>{page}</WorkspaceProvider>
      </ClockProvider>
    ),
    notFoundComponent: () => null,
  });
  const router = createRouter({
    routeTree: root,
    history: createMemoryHistory({ initialEntries: ["/"] }),
  });
  const view = render(
    <>
      <RouterProvider router={router as never} />
      <span hidden>drawn</span>
    </>,
  );
  await vi.waitFor(() => {
    if (view.container.childElementCount < 2) throw new Error("the router is not ready");
  }, 5_000);
  return { ...view, router, workspace };
}

export { screen };
