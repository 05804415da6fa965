import { useLocation } from "@tanstack/react-router";
import { act } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";

import { ALL, drawBoard, late } from "@/test/board";
import { freezeTime, makeTestWorkspace, renderPage, screen } from "@/test/render";
import { iso, makeEvent, makeTask } from "@/test/tasks";
import { pass } from "@/test/time";

import { BoardPage } from "../board/BoardPage";
import { Away } from "./Away";

let user: ReturnType<typeof freezeTime>;

beforeEach(() => {
  user = freezeTime();
});

/** The board, and a page beside it. */
function Pages() {
  const onBoard = useLocation().pathname === "/";
  return (
    <>
      <Away onBoard={onBoard} />
      {onBoard && <BoardPage {...ALL} />}
    </>
  );
}

describe("what was missed while away", () => {
  it("is gathered into one line", async () => {
    localStorage.setItem("taskengine.seen.me", String(Date.parse(iso(-120_000))));
    const before = makeTask({ id: "before", deadline: iso(-180_000) });
    await drawBoard([late, before]);
    expect(await screen.findByText("1 task was missed while you were away.")).toBeVisible();
    await user.click(screen.getByRole("button", { name: "Review" }));
    expect(screen.queryByText(/while you were away/)).toBeNull();
    expect(screen.getByRole("link", { name: "Late" })).toHaveFocus();
  });

  it("is what the server says, not what the browser had kept", async () => {
    localStorage.setItem("taskengine.seen.me", String(Date.parse(iso(-120_000))));
    const workspace = makeTestWorkspace([late]);
    workspace.connection.set({ state: "connecting", reason: null });
    await renderPage(
      <>
        <Away onBoard />
        <BoardPage {...ALL} />
      </>,
      workspace,
    );
    await screen.findByRole("link", { name: "Late" });
    pass(300);
    expect(screen.queryByText(/while you were away/)).toBeNull();
    const elsewhere = { deadline: iso(-30_000), created_at: iso(-90_000) };
    act(() => {
      workspace.store.apply([
        makeEvent(1, "task.completed", { ...late, completed_at: iso(-90_000), version: 2 }),
        makeEvent(2, "task.created", makeTask({ id: "one", ...elsewhere })),
        makeEvent(3, "task.created", makeTask({ id: "two", ...elsewhere })),
      ]);
      workspace.connection.set({ state: "live", reason: null });
    });
    pass(300);
    expect(screen.getByText("2 tasks were missed while you were away.")).toBeVisible();
    act(() => {
      workspace.store.apply([
        makeEvent(4, "task.completed", makeTask({ id: "one", completed_at: iso(), version: 2 })),
      ]);
    });
    expect(screen.getByText("1 task was missed while you were away.")).toBeVisible();
  });

  it("is nothing new to who comes for the first time", async () => {
    await drawBoard([late]);
    pass(300);
    expect(screen.queryByText(/while you were away/)).toBeNull();
  });

  it("is told on any page, until it is dealt with", async () => {
    localStorage.setItem("taskengine.seen.me", String(Date.parse(iso(-120_000))));
    const workspace = makeTestWorkspace([late]);
    const { router } = await renderPage(<Pages />, workspace);
    await act(() => router.navigate({ to: "/elsewhere" as "/" }));
    pass(300);
    expect(screen.getByText("1 task was missed while you were away.")).toBeVisible();
    await act(() => router.navigate({ to: "/" }));
    await screen.findByRole("link", { name: "Late" });
    expect(screen.getAllByText("1 task was missed while you were away.")).toHaveLength(1);
    await act(() => router.navigate({ to: "/elsewhere" as "/" }));
    await user.click(screen.getByRole("button", { name: "Review" }));
    expect(await screen.findByRole("link", { name: "Late" })).toHaveFocus();
    expect(router.state.location.search).toEqual({ bucket: "missed" });
    expect(screen.queryByText(/while you were away/)).toBeNull();
  });

  it("is nothing that somebody saw who looked at another page", async () => {
    const due = makeTask({ id: "due", deadline: iso(60_000) });
    const { router } = await renderPage(<Pages />, makeTestWorkspace([due]));
    await act(() => router.navigate({ to: "/elsewhere" as "/" }));
    pass(300);
    pass(120_000);
    await act(() => router.navigate({ to: "/" }));
    await screen.findByRole("link", { name: "Task due" });
    pass(300);
    expect(screen.queryByText(/while you were away/)).toBeNull();
  });
});
