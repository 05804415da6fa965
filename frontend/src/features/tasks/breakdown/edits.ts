import type { Breakdown, Step, StepFields } from "@/shared/api/types";

/** What a change makes of a draft before the server has said so. */
export type Edit = (draft: Breakdown) => Breakdown;

export const asItIs: Edit = (draft) => draft;

export function patchStep(key: string, fields: StepFields): Edit {
  return onSteps((steps) =>
    steps.map((step) => (step.key === key ? { ...step, ...fields } : step)),
  );
}

/** What waited for the step waits for what it waited for. */
export function withoutStep(key: string): Edit {
  return onSteps((steps) => {
    const before = steps.find((step) => step.key === key)?.depends_on ?? [];
    return steps
      .filter((step) => step.key !== key)
      .map((step) =>
        step.depends_on.includes(key)
          ? {
              ...step,
              depends_on: [...new Set([...step.depends_on.filter((on) => on !== key), ...before])],
            }
          : step,
      );
  });
}

/** Puts a step behind another, or first. */
export function moveStep(key: string, after: string | null): Edit {
  return onSteps((steps) => {
    const moved = steps.find((step) => step.key === key);
    const rest = steps.filter((step) => step.key !== key);
    const place = after === null ? 0 : rest.findIndex((step) => step.key === after) + 1;
    return moved ? [...rest.slice(0, place), moved, ...rest.slice(place)] : steps;
  });
}

/** Behind which step one stands that comes to a place counted from 0; null for first. */
export function neighbour(steps: readonly Step[], key: string, place: number): string | null {
  return steps.filter((step) => step.key !== key)[place - 1]?.key ?? null;
}

function onSteps(change: (steps: Step[]) => Step[]): Edit {
  return (draft) => ({ ...draft, steps: change(draft.steps) });
}
