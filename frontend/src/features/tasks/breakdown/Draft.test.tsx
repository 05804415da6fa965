import { act } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";

import { makeBreakdown, makePlan, makeStep, tell } from "@/test/breakdowns";
import { button, task, titles, withPlanner } from "@/test/planner";
import { screen } from "@/test/render";
import { asItems } from "@/test/tasks";

const at = withPlanner();

describe("steps that are being made", () => {
  const making = (steps: number, version: number) =>
    makeBreakdown({
      status: "generating",
      version,
      steps: ["a", "b", "c", "d"].slice(0, steps).map((key) => makeStep(key)),
    });
  const shown = () => screen.queryAllByRole("listitem").map((item) => item.textContent);

  it("appear one by one and are said", async () => {
    await at.current.openDraft(making(0, 1));
    expect(screen.getAllByText("Making the steps").length).toBeGreaterThan(0);
    tell(at.current.workspace, "step", making(1, 2));
    expect(shown()).toEqual(["1Do a1 h"]);
    expect(screen.getByText("Step 1: Do a")).toBeInTheDocument();
    tell(at.current.workspace, "step", making(2, 3));
    expect(shown()).toHaveLength(2);
    tell(at.current.workspace, "ready", makePlan({ version: 4 }));
    expect(titles()).toEqual(["Do a", "Do b", "Do c"]);
    expect(screen.getByText("The plan is ready: 3 steps, 3 h.")).toBeInTheDocument();
  });

  it("are all there after a connection that dropped in the middle", async () => {
    await at.current.openDraft(making(1, 2));
    act(() => {
      at.current.workspace.connection.set({ state: "reconnecting", reason: null });
    });
    expect(screen.getByText(/The connection dropped/)).toBeVisible();
    act(() => {
      at.current.workspace.store.replace({ epoch: "e2", seq: 1_000 }, [
        ...asItems([task]),
        { kind: "breakdown", data: making(3, 4) },
      ]);
      at.current.workspace.connection.set({ state: "live", reason: null });
    });
    expect(shown()).toHaveLength(3);
    expect(screen.queryByText(/The connection dropped/)).toBeNull();
  });

  it("of an older version never take the place of newer ones", async () => {
    await at.current.openDraft(making(3, 4));
    tell(at.current.workspace, "step", making(2, 3));
    expect(shown()).toHaveLength(3);
  });

  it("can be cancelled, back to what was asked", async () => {
    at.current.server.answer(
      "POST /breakdowns/d1/cancel/",
      makeBreakdown({ status: "cancelled", version: 9 }),
    );
    await at.current.openDraft(making(2, 3));
    await at.current.click("Cancel");
    expect(await screen.findByRole("button", { name: "Start" })).toBeVisible();
    expect(screen.getByLabelText("Goal")).toHaveValue("Write my thesis");
  });
});

describe("what may come instead of steps", () => {
  it("questions are answered in place", async () => {
    at.current.server.answer("POST /breakdowns/d1/regenerate/", makeBreakdown({ version: 10 }), {
      status: 202,
    });
    await at.current.openDraft(
      makePlan({
        verdict: "questions",
        steps: [],
        questions: ["How long is it to be?", "On what?"],
        answers: [{ question: "Where?", answer: "At home" }],
      }),
    );
    expect(button("Go on")).toBeDisabled();
    await at.current.user.type(screen.getByLabelText("How long is it to be?"), "Eighty pages");
    await at.current.click("Go on");
    expect(at.current.server.bodies("POST /breakdowns/d1/regenerate/")).toEqual([
      {
        answers: [
          { question: "Where?", answer: "At home" },
          { question: "How long is it to be?", answer: "Eighty pages" },
        ],
      },
    ]);
    expect(await screen.findByRole("button", { name: "Cancel" })).toBeVisible();
  });

  it("a goal that needs no plan can be added as a task", async () => {
    at.current.server.answer(
      "POST /breakdowns/d1/cancel/",
      makeBreakdown({ status: "cancelled", version: 10 }),
    );
    await at.current.openDraft(
      makePlan({
        goal: "Buy milk",
        verdict: "needs_no_plan",
        reason: "It is one errand.",
        steps: [],
      }),
    );
    expect(screen.getByText("It is one errand.")).toBeVisible();
    await at.current.click("Add as a task");
    await vi.waitFor(() => {
      expect(at.current.onClose).toHaveBeenCalledTimes(1);
    });
    expect(at.current.workspace.commands.create).toHaveBeenCalledExactlyOnceWith("Buy milk", {
      deadline: null,
      due_date: null,
    });
  });

  it.each([
    ["ai_blocked", /declined/],
    ["ai_truncated", /too long/],
    ["ai_invalid_output", /not a usable plan/],
    ["ai_unavailable", /cannot be reached/],
    ["ai_timeout", /took too long/],
    ["ai_new_kind", /What the server says/],
  ])("%s is said in words and can be tried again", async (code, words) => {
    at.current.server.answer("POST /breakdowns/d1/regenerate/", makeBreakdown({ version: 10 }), {
      status: 202,
    });
    const error = { code, detail: "What the server says.", retry_after_s: null };
    await at.current.openDraft(
      makeBreakdown({ status: "failed", error, planner: "gemini", model: "g" }),
    );
    expect(screen.getByText(words)).toBeVisible();
    expect(screen.getByText("Planner: Gemini (g)")).toBeVisible();
    await at.current.click("Try again");
    expect(at.current.server.bodies("POST /breakdowns/d1/regenerate/")).toEqual([{}]);
    expect(await screen.findByRole("button", { name: "Cancel" })).toBeVisible();
  });

  it("a quota says when it can be tried again", async () => {
    const error = { code: "ai_quota", detail: "", retry_after_s: 301 };
    await at.current.openDraft(makeBreakdown({ status: "failed", error }));
    expect(screen.getByText(/limit is reached.*tried again at 12.05/)).toBeVisible();
  });

  it("a failure after a plan leaves the plan", async () => {
    const error = { code: "ai_timeout", detail: "", retry_after_s: null };
    await at.current.openDraft(makePlan({ error }));
    expect(screen.getByText(/took too long/)).toBeVisible();
    expect(screen.getByText(/the one from before stands/)).toBeVisible();
    expect(titles()).toHaveLength(3);
  });

  it("it may be closed in another window", async () => {
    await at.current.openDraft(makePlan());
    tell(
      at.current.workspace,
      "applied",
      makePlan({ status: "applied", applied_op: "op", version: 10 }),
    );
    expect(screen.getByText("This plan was applied")).toBeVisible();
    tell(at.current.workspace, "cancelled", makePlan({ status: "cancelled", version: 11 }));
    expect(screen.getByText("This plan was discarded")).toBeVisible();
    await at.current.click("Make a new plan");
    expect(screen.getByLabelText("Goal")).toHaveValue("Write my thesis");
  });

  it("it may be gone", async () => {
    at.current.server.refuse("GET /breakdowns/d9/", 404, "breakdown_not_found", "");
    await at.current.open({ draftId: "d9" });
    expect(await screen.findByText("This plan does not exist any more")).toBeVisible();
  });
});
