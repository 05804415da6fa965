import { act } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";

import type { Breakdown } from "@/shared/api/types";
import { makePlan, makeStep } from "@/test/breakdowns";
import { button, titles, withPlanner } from "@/test/planner";
import { screen } from "@/test/render";
import { toasts } from "@/shared/ui/toasts";

const at = withPlanner();

describe("editing a plan", () => {
  const plan = makePlan();
  const after = (change: (steps: Breakdown["steps"]) => Breakdown["steps"]) =>
    makePlan({ version: 10, steps: change(plan.steps) });

  it("words a step anew with Enter, and Escape takes it back", async () => {
    at.current.server.answer(
      "PATCH /breakdowns/d1/steps/a/",
      after(([a, ...rest]) => [{ ...a!, title: "Read" }, ...rest]),
    );
    await at.current.openDraft(plan);
    const field = screen.getByRole("textbox", { name: "Step 1" });
    await at.current.user.clear(field);
    await at.current.user.type(field, "Nothing{Escape}");
    expect(field).toHaveValue("Do a");
    await at.current.user.clear(field);
    await at.current.user.type(field, "Read{Enter}");
    expect(at.current.server.bodies("PATCH /breakdowns/d1/steps/a/")).toEqual([{ title: "Read" }]);
    expect(titles()).toEqual(["Read", "Do b", "Do c"]);
    expect(at.current.onClose).not.toHaveBeenCalled();
  });

  it("times a step in words", async () => {
    at.current.server.answer(
      "PATCH /breakdowns/d1/steps/b/",
      after(([a, b, c]) => [a!, { ...b!, estimate_min: 90 }, c!]),
    );
    await at.current.openDraft(plan);
    const field = screen.getByRole("textbox", { name: "Time for “Do b”" });
    expect(field).toHaveValue("1 h");
    await at.current.user.clear(field);
    await at.current.user.type(field, "1h30{Enter}");
    expect(at.current.server.bodies("PATCH /breakdowns/d1/steps/b/")).toEqual([
      { estimate_min: 90 },
    ]);
    expect(field).toHaveValue("1 h 30 min");
  });

  it("moves a step by the arrow keys, and puts it back with the reason when refused", async () => {
    await at.current.openDraft(plan);
    let refuse: (answer: Response) => void = () => undefined;
    const slow = new Promise<Response>((resolve) => {
      refuse = resolve;
    });
    at.current.server.answers["PATCH /breakdowns/d1/steps/a/"] = () => slow as unknown as Response;
    const handle = () => button(/^\d\. Move “Do a”/);
    act(() => {
      handle().focus();
    });
    await at.current.user.keyboard("{ArrowDown}");
    expect(titles()).toEqual(["Do b", "Do a", "Do c"]);
    expect(handle()).toHaveFocus();
    expect(screen.getByText("“Do a” is now 2 of 3.")).toBeInTheDocument();
    expect(at.current.server.bodies("PATCH /breakdowns/d1/steps/a/")).toEqual([{ after: "b" }]);
    refuse(
      Response.json(
        { code: "step_order", detail: "“Do b” depends on “Do a”, so it comes after it." },
        { status: 400 },
      ),
    );
    expect(await screen.findByText(/“Do b” depends on “Do a”/)).toBeVisible();
    expect(titles()).toEqual(["Do a", "Do b", "Do c"]);
  });

  it("tells whoever has closed it meanwhile that a change was refused", async () => {
    const { unmount } = await at.current.openDraft(plan);
    let refuse: (answer: Response) => void = () => undefined;
    at.current.server.answers["PATCH /breakdowns/d1/steps/a/"] = () =>
      new Promise<Response>((resolve) => {
        refuse = resolve;
      }) as unknown as Response;
    await at.current.click("Lock “Do a”");
    unmount();
    refuse(Response.json({ code: "no", detail: "Not this one." }, { status: 400 }));
    await vi.waitFor(() => {
      expect(toasts.get()).toEqual([
        expect.objectContaining({
          message: "The plan “Write my thesis” stayed as it was. Not this one.",
          refusal: true,
        }),
      ]);
    });
  });

  it("locks a step", async () => {
    at.current.server.answer(
      "PATCH /breakdowns/d1/steps/a/",
      after(([a, ...rest]) => [{ ...a!, locked: true }, ...rest]),
    );
    await at.current.openDraft(plan);
    expect(button("Lock “Do a”")).toHaveAttribute("aria-pressed", "false");
    await at.current.click("Lock “Do a”");
    expect(at.current.server.bodies("PATCH /breakdowns/d1/steps/a/")).toEqual([{ locked: true }]);
    expect(button("Lock “Do a”")).toHaveAttribute("aria-pressed", "true");
  });

  it("removes a step, and takes that back", async () => {
    at.current.server.answer(
      "DELETE /breakdowns/d1/steps/b/",
      after(([a, , c]) => [a!, c!]),
    );
    at.current.server.answer("POST /undo/", {});
    await at.current.openDraft(plan);
    await at.current.click("More for “Do b”");
    await at.current.user.click(await screen.findByRole("menuitem", { name: "Remove" }));
    expect(titles()).toEqual(["Do a", "Do c"]);
    expect(await screen.findByText("Removed “Do b”.")).toBeVisible();
    await at.current.click("Undo");
    expect(at.current.server.bodies("POST /undo/")).toEqual([
      { op_id: at.current.server.opIds("DELETE /breakdowns/d1/steps/b/")[0] },
    ]);
  });

  it("splits a step, whose parts stream in", async () => {
    at.current.server.answer(
      "POST /breakdowns/d1/steps/b/split/",
      makePlan({ status: "generating", version: 10 }),
      { status: 202 },
    );
    await at.current.openDraft(plan);
    await at.current.click("More for “Do b”");
    await at.current.user.click(
      await screen.findByRole("menuitem", { name: "Split into smaller steps" }),
    );
    expect(await screen.findByRole("button", { name: "Cancel" })).toBeVisible();
    expect(screen.getAllByRole("listitem")).toHaveLength(3);
  });

  it("adds a step of one's own", async () => {
    at.current.server.answer(
      "POST /breakdowns/d1/steps/",
      after((all) => [...all, makeStep("step-4")]),
    );
    await at.current.openDraft(plan);
    await at.current.user.type(screen.getByRole("textbox", { name: "New step" }), "Ask Ben");
    await at.current.user.clear(screen.getByRole("textbox", { name: "How long it takes" }));
    await at.current.user.type(screen.getByRole("textbox", { name: "How long it takes" }), "20");
    await at.current.click("Add");
    expect(at.current.server.bodies("POST /breakdowns/d1/steps/")).toEqual([
      { title: "Ask Ben", estimate_min: 20 },
    ]);
    expect(await screen.findByRole("button", { name: "Add 4 steps" })).toBeVisible();
    expect(screen.getByRole("textbox", { name: "New step" })).toHaveValue("");
  });

  it("without a connection is taken back with the reason", async () => {
    await at.current.openDraft(plan);
    await at.current.click("Lock “Do a”");
    expect(await screen.findByText(/no connection right now/)).toBeVisible();
    expect(button("Lock “Do a”")).toHaveAttribute("aria-pressed", "false");
  });
});
