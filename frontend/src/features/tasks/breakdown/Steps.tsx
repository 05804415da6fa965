import { useState } from "react";
import { flushSync } from "react-dom";

import { removeStep } from "@/shared/api/removeStep";
import { splitStep } from "@/shared/api/splitStep";
import type { Step } from "@/shared/api/types";
import { updateStep } from "@/shared/api/updateStep";
import { breakdown as text } from "@/shared/text/breakdown";

import { moveStep, neighbour, patchStep, withoutStep } from "./edits";
import { StepRow } from "./StepRow";
import type { Desk } from "./useDesk";
import { useReorder } from "./useReorder";

interface StepsProps {
  readonly desk: Desk;
  readonly onRemoved: (title: string, opId: string) => void;
}

/** The steps of a plan, to be worded anew, timed, locked, moved, split and left out. */
export function Steps({ desk, onRemoved }: StepsProps) {
  const { draft, act, busy } = desk;
  const { id, steps } = draft;
  const [said, setSaid] = useState("");
  const move = (key: string, place: number) => {
    const step = steps.find((one) => one.key === key);
    if (!step || place < 0 || place >= steps.length) return;
    const after = neighbour(steps, key, place);
    setSaid(text.moved(step.title, place + 1, steps.length));
    void act((opId) => updateStep(id, key, { after }, opId), moveStep(key, after));
  };
  const { list, handle, styleOf, carried } = useReorder(move);
  const remove = async ({ key, title }: Step, index: number) => {
    // The focus goes on to the neighbour, so that it is not lost with the row.
    const rows = [...(list.current?.children ?? [])];
    (rows[index + 1] ?? rows[index - 1])?.querySelector<HTMLElement>("[data-handle]")?.focus();
    const done = await act((opId) => removeStep(id, key, opId), withoutStep(key));
    if (done) onRemoved(title, done.opId);
  };
  if (steps.length === 0) return <p className="py-4 text-muted">{text.noSteps}</p>;
  return (
    <>
      <p role="status" className="sr-only">
        {said}
      </p>
      <ol ref={list} aria-label={text.steps} className="grid border-t border-line">
        {steps.map((step, index) => (
          <StepRow
            key={step.key}
            step={step}
            number={index + 1}
            busy={busy}
            lifted={carried === step.key}
            style={styleOf(step.key, index)}
            handle={handle(step.key, index)}
            onEdit={(fields) =>
              void act(
                (opId) => updateStep(id, step.key, fields, opId),
                patchStep(step.key, fields),
              )
            }
            onShift={(by, button) => {
              flushSync(() => {
                move(step.key, index + by);
              });
              // The row was put elsewhere in the document, which takes the focus away.
              button.focus();
            }}
            onSplit={() => void act((opId) => splitStep(id, step.key, opId))}
            onRemove={() => void remove(step, index)}
          />
        ))}
      </ol>
    </>
  );
}
