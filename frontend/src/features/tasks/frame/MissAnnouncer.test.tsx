import { act } from "@testing-library/react";
import { beforeEach, expect, it, vi } from "vitest";

import { Hands, HandsProvider } from "../board/hands";
import { HandsAnnouncer } from "../board/HandsAnnouncer";
import { freezeTime, makeTestWorkspace, renderPage, screen } from "@/test/render";
import { iso, makeTask } from "@/test/tasks";
import { pass } from "@/test/time";
import { toasts } from "@/shared/ui/toasts";

import { NO_FILTER, type View } from "../view/view";
import { MissAnnouncer } from "./MissAnnouncer";

const ALL: View = { place: { kind: "all" }, filter: NO_FILTER };
const IN_WORK: View = { place: { kind: "project", id: "work" }, filter: NO_FILTER };

beforeEach(() => {
  freezeTime();
});

it("a miss is a notice where nobody sees the task go, and leads there", async () => {
  const workspace = makeTestWorkspace([
    makeTask({ id: "1", title: "Tea", deadline: iso(60_000) }),
    makeTask({ id: "2", title: "Milk", deadline: iso(60_000) }),
  ]);
  const { router } = await renderPage(<MissAnnouncer view={ALL} />, workspace);
  pass(61_000);
  expect(toasts.get().map(({ message }) => message)).toEqual(["2 tasks were missed"]);
  act(() => {
    toasts.get()[0]?.action?.run();
  });
  expect(workspace.arrival.get()).toBe("missed");
  await vi.waitFor(() => {
    expect(router.history.location.search).toBe("?bucket=missed");
  });
});

it("a miss is said where it is seen, and a second one of the same name anew", async () => {
  const workspace = makeTestWorkspace([
    makeTask({ id: "1", title: "Tea", deadline: iso(60_000) }),
    makeTask({ id: "2", title: "Tea", deadline: iso(120_000) }),
  ]);
  await renderPage(
    <>
      <div data-column="missed" />
      <MissAnnouncer view={ALL} />
    </>,
    workspace,
  );
  expect(screen.getByRole("status")).toBeEmptyDOMElement();
  pass(61_000);
  const first = screen.getByText("Missed: Tea");
  pass(60_000);
  expect(screen.getByText("Missed: Tea")).not.toBe(first);
});

it.each([
  ["a project's place", IN_WORK],
  ["a filter", { ...ALL, filter: { ...NO_FILTER, project: "work" } }],
])("a miss is a notice where %s leaves the task out, and not where it doesn't", async (_, view) => {
  const workspace = makeTestWorkspace([
    makeTask({ id: "1", title: "Tea", deadline: iso(60_000), project: "work" }),
    makeTask({ id: "2", title: "Milk", deadline: iso(120_000), project: "home" }),
  ]);
  await renderPage(
    <>
      <div data-column="missed" />
      <MissAnnouncer view={view} />
    </>,
    workspace,
  );
  pass(61_000);
  expect(screen.getByText("Missed: Tea")).toBeInTheDocument();
  expect(toasts.get()).toEqual([]);
  pass(60_000);
  expect(toasts.get().map(({ message }) => message)).toEqual(["Missed: Milk"]);
});

it("what the hands do twice is said twice", async () => {
  const hands = new Hands();
  await renderPage(
    <HandsProvider value={hands}>
      <HandsAnnouncer />
    </HandsProvider>,
  );
  const say = () => {
    act(() => {
      hands.say("Tea is at the edge.");
    });
    return screen.getByText("Tea is at the edge.");
  };
  expect(say()).not.toBe(say());
});
