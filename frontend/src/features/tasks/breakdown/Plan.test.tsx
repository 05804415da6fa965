import { act } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";

import { toasts } from "@/shared/ui/toasts";
import { makeBreakdown, makePlan, makeStep, tell } from "@/test/breakdowns";
import { DAY, messages, withPlanner } from "@/test/planner";
import { screen } from "@/test/render";
import { iso, makeEvent, makeTask } from "@/test/tasks";

const at = withPlanner();

describe("a plan", () => {
  it("is applied, and one undo takes it back", async () => {
    at.current.server.answer(
      "POST /breakdowns/d1/apply/",
      makePlan({ status: "applied", applied_op: "op-1", version: 10 }),
    );
    at.current.server.answer("POST /undo/", { op_id: "op-2", undid: "op-1", objects: [] });
    await at.current.openDraft(makePlan());
    await at.current.click("Add 3 steps");
    await vi.waitFor(() => {
      expect(at.current.onClose).toHaveBeenCalledTimes(1);
    });
    expect(messages()).toEqual(["Added 3 steps to “Write my thesis”."]);
    toasts.get()[0]?.action?.run();
    await vi.waitFor(() => {
      expect(messages()).toContain("Taken back. The plan waits where you left it.");
    });
    expect(at.current.server.bodies("POST /undo/")).toEqual([{ op_id: "op-1" }]);
  });

  it("that cannot be undone any more says why", async () => {
    at.current.server.answer(
      "POST /breakdowns/d1/apply/",
      makePlan({ status: "applied", applied_op: "op-1", version: 10 }),
    );
    at.current.server.refuse("POST /undo/", 409, "undo_conflict", "“Do a” was changed since.");
    await at.current.openDraft(makePlan());
    await at.current.click("Add 3 steps");
    await vi.waitFor(() => {
      expect(messages()).toHaveLength(1);
    });
    toasts.get()[0]?.action?.run();
    await vi.waitFor(() => {
      expect(messages()).toContain("It was not taken back. “Do a” was changed since.");
    });
    expect(toasts.get().at(-1)?.refusal).toBe(true);
  });

  it("is discarded, which can be undone", async () => {
    at.current.server.answer(
      "POST /breakdowns/d1/cancel/",
      makePlan({ status: "cancelled", version: 10 }),
    );
    await at.current.openDraft(makePlan());
    await at.current.click("Discard");
    await vi.waitFor(() => {
      expect(messages()).toEqual(["Discarded the plan."]);
    });
    expect(toasts.get()[0]?.action?.label).toBe("Undo");
  });

  it("is made anew, finer", async () => {
    at.current.server.answer("POST /breakdowns/d1/regenerate/", makeBreakdown({ version: 10 }), {
      status: 202,
    });
    await at.current.openDraft(makePlan({ granularity: 2 }));
    await at.current.click("Different steps");
    expect(screen.getByText("Locked steps stay.")).toBeVisible();
    await at.current.click("Make them anew");
    expect(at.current.server.bodies("POST /breakdowns/d1/regenerate/")).toEqual([
      { granularity: 2, context: "" },
    ]);
    expect(await screen.findByRole("button", { name: "Cancel" })).toBeVisible();
  });

  it("that fits says so, and lies on a timeline with words for it", async () => {
    const placed = (key: string, from: number) =>
      makeStep(key, { starts_at: iso(from), deadline: iso(from + 3_600_000) });
    await at.current.openDraft(
      makePlan({
        deadline: iso(3 * DAY),
        steps: [placed("a", DAY), placed("b", DAY + 3_600_000)],
      }),
    );
    expect(screen.getByText(/^It fits: the last step ends Tomorrow/)).toBeVisible();
    expect(
      screen.getByRole("img", {
        name: /^Timeline: 2 steps, 2 h of work, from Tomorrow.* The deadline is Wed/,
      }),
    ).toBeVisible();
    expect(screen.getByText(/^Tomorrow 12.00.* – 1?[13].00/)).toBeVisible();
  });

  it("says which hours other tasks take, and asks again when those change", async () => {
    const step = makeStep("a", { starts_at: iso(DAY), deadline: iso(DAY + 3_600_000) });
    const taken = (hours: number) => ({
      taken: [{ starts_at: iso(2 * DAY), ends_at: iso(2 * DAY + hours * 3_600_000) }],
      as_of: iso(),
    });
    at.current.server.answer("GET /breakdowns/d1/taken/", taken(2));
    await at.current.openDraft(makePlan({ deadline: iso(3 * DAY), steps: [step] }));
    expect(await screen.findByText("2 h taken by other tasks")).toBeVisible();
    expect(screen.getByRole("img", { name: /2 h taken by other tasks\.$/ })).toBeVisible();
    at.current.server.answer("GET /breakdowns/d1/taken/", taken(3));
    const { store } = at.current.workspace;
    act(() => {
      store.apply([makeEvent(1, "task.created", makeTask({ id: "t2", deadline: iso(2 * DAY) }))]);
    });
    expect(await screen.findByText("3 h taken by other tasks")).toBeVisible();
  });

  it("that does not fit says by how much, and takes up what would help", async () => {
    const misfit = {
      needed_min: 180,
      free_min: 60,
      missing_min: 120,
      first_step: "b",
      detail: "The steps take 3 h, but there is only 1 h free: 2 h are missing.",
      fixes: [
        {
          changes: ["drop_optional" as const, "move_deadline" as const],
          dropped: ["c"],
          freed_min: 60,
          hours: null,
          deadline: iso(6 * DAY),
          detail: "Leave out “Do c” and move the deadline to Sat.",
        },
        {
          changes: ["extend_hours" as const],
          dropped: [],
          freed_min: 0,
          hours: { mon: [["07:00", "22:00"]] },
          deadline: null,
          detail: "Work from 7:00 to 22:00 every day.",
        },
      ],
    };
    at.current.server.answer("PATCH /breakdowns/d1/", makePlan({ version: 10 }));
    at.current.server.answer("PATCH /users/me/", {});
    await at.current.openDraft(makePlan({ deadline: iso(DAY), misfit }));
    expect(screen.getByRole("region", { name: "It does not fit" })).toHaveTextContent(
      "2 h are missing",
    );
    expect(screen.getByRole("img", { name: /2 h of it lie beyond the deadline/ })).toBeVisible();
    await at.current.click(/Leave out “Do c”/);
    expect(at.current.server.bodies("PATCH /breakdowns/d1/")).toEqual([
      { deadline: iso(6 * DAY), drop: ["c"] },
    ]);
    expect(await screen.findByRole("button", { name: "Add 3 steps" })).toBeEnabled();

    tell(at.current.workspace, "updated", makePlan({ deadline: iso(DAY), misfit, version: 11 }));
    at.current.server.answer("PATCH /breakdowns/d1/", makePlan({ version: 12 }));
    expect(screen.getByText("This changes your working hours.")).toBeVisible();
    await at.current.click(/Work from 7:00/);
    expect(at.current.server.bodies("PATCH /users/me/")).toEqual([
      { working_hours: { mon: [["07:00", "22:00"]] } },
    ]);
    await vi.waitFor(() => {
      expect(screen.queryByRole("region", { name: "It does not fit" })).toBeNull();
    });
  });
});
