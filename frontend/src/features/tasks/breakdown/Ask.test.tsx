import { fireEvent } from "@testing-library/react";
import { describe, expect, it } from "vitest";

import { makeBreakdown, makePlan } from "@/test/breakdowns";
import { button, DAY, task, titles, withPlanner } from "@/test/planner";
import { screen } from "@/test/render";
import { iso } from "@/test/tasks";

const at = withPlanner();

describe("asking", () => {
  it("sends the goal as it was entered and shows the draft that is made", async () => {
    at.current.server.answer("POST /breakdowns/", makeBreakdown(), { status: 202 });
    await at.current.open();
    await at.current.user.type(screen.getByLabelText("Goal"), " on trees");
    await at.current.user.type(screen.getByLabelText(/Anything else/), "The topic is settled");
    await at.current.click("Start");
    expect(at.current.server.bodies("POST /breakdowns/")).toEqual([
      {
        goal: "Write my thesis on trees",
        deadline: null,
        granularity: 3,
        context: "The topic is settled",
      },
    ]);
    expect(at.current.started).toHaveBeenCalledTimes(1);
    expect(await screen.findByRole("button", { name: "Cancel" })).toBeVisible();
    expect(screen.getByText("Planner: Offline rules, no AI")).toBeVisible();
  });

  it("takes a task's title and deadline, and how fine it is to be", async () => {
    at.current.server.answer("POST /breakdowns/", makeBreakdown({ task: "t1" }), { status: 202 });
    await at.current.open({ taskId: "t1" });
    expect(screen.getByLabelText("Goal")).toHaveValue("Write my thesis");
    const slider = screen.getByRole("slider", { name: "How fine" });
    expect(slider).toHaveAttribute("aria-valuetext", "Medium steps");
    fireEvent.change(slider, { target: { value: "5" } });
    expect(screen.getByText("Every little step")).toBeVisible();
    await at.current.click("Start");
    expect(at.current.server.bodies("POST /breakdowns/")).toEqual([
      { task: "t1", goal: "Write my thesis", deadline: task.deadline, granularity: 5, context: "" },
    ]);
  });

  it("says which planner it is, what is left of today and what is sent", async () => {
    at.current.server.answer("GET /ai/", {
      planner: "gemini",
      model: "gemini-3",
      budget: { limit: 30, left: 28, resets_at: iso(DAY / 2) },
      sends: "The goal is sent to Google.",
    });
    await at.current.open();
    expect(await screen.findByText("Planner: Gemini (gemini-3).")).toBeVisible();
    expect(screen.getByText(/28 of 30 plans left today/)).toBeVisible();
    expect(screen.getByText("The goal is sent to Google.")).toBeVisible();
  });

  it("never calls the offline planner AI", async () => {
    await at.current.open();
    expect(await screen.findByText("Planner: Offline rules, no AI.")).toBeVisible();
    expect(screen.queryByText(/plans left/)).toBeNull();
  });

  it("without a connection says so; the next try is the same request", async () => {
    await at.current.open();
    await at.current.click("Start");
    expect(await screen.findByRole("alert")).toHaveTextContent(/no connection right now/);
    at.current.server.answer("POST /breakdowns/", makeBreakdown(), { status: 202 });
    await at.current.click("Start");
    expect(await screen.findByRole("button", { name: "Cancel" })).toBeVisible();
    const [first, second] = at.current.server.opIds("POST /breakdowns/");
    expect(second).toBe(first);
  });

  it("beyond the day's budget says when there is a new one", async () => {
    at.current.server.refuse("POST /breakdowns/", 429, "budget_exhausted", "Used up.", {
      "Retry-After": "7200",
    });
    await at.current.open();
    await at.current.click("Start");
    expect(await screen.findByRole("alert")).toHaveTextContent(
      /Today’s plans are used up\. Try again at (14|2).00/,
    );
    expect(button("Start")).toBeEnabled();
  });

  it("goes on with the draft that was begun for the task", async () => {
    at.current.workspace.store.takeDraft(makePlan({ task: "t1" }));
    await at.current.open({ taskId: "t1" });
    expect(titles()).toEqual(["Do a", "Do b", "Do c"]);
  });
});
