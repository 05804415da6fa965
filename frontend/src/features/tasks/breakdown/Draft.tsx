import { useState } from "react";

import { applyBreakdown } from "@/shared/api/applyBreakdown";
import { cancelBreakdown } from "@/shared/api/cancelBreakdown";
import { explain } from "@/shared/api/errors";
import { type Breakdown, type RegenerateRequest } from "@/shared/api/types";
import { regenerateBreakdown } from "@/shared/api/regenerateBreakdown";
import { undo } from "@/shared/api/undo";
import { newUuid } from "@/shared/lib/uuid";
import { breakdown as text } from "@/shared/text/breakdown";
import { Button } from "@/shared/ui/Button";
import { showRefusal, showToast } from "@/shared/ui/toasts";
import { undos } from "@/shared/ui/undos";

import { useWorkspace } from "../context";
import { Failed } from "./Failed";
import { Heard } from "./Heard";
import { Making } from "./Making";
import { NoPlan } from "./NoPlan";
import { Plan } from "./Plan";
import { Questions } from "./Questions";
import { useDesk } from "./useDesk";

export interface DraftProps {
  /** As the server has told it. */
  readonly told: Breakdown;
  readonly onClose: () => void;
  /** Back to the request, to ask for something else. */
  readonly onAskAnew: () => void;
}

/** A draft as it stands: being made, asking, ready, failed, or closed. */
export function Draft({ told, onClose, onAskAnew }: DraftProps) {
  const desk = useDesk(told);
  const { subject, commands, store } = useWorkspace();
  const [asking, setAsking] = useState(false);
  const { draft, act } = desk;

  const regenerate = (asked: RegenerateRequest) =>
    act((opId) => regenerateBreakdown(draft.id, asked, opId));

  /** Takes an operation back and shows the draft again; from where a toast offers it. */
  const takeBack = async (opId: string) => {
    try {
      await undo(opId, newUuid());
      showToast({
        message: text.undone,
        action: {
          label: text.open,
          run: () => {
            subject.set({ draftId: draft.id });
          },
        },
      });
    } catch (error) {
      showRefusal(text.notUndone(explain(error)));
    }
  };
  const offerUndo = (says: string, opId: string) => {
    undos.offer({ ops: [opId], says, tellsItself: true, takeBack: () => void takeBack(opId) });
  };

  const apply = async () => {
    const count = draft.steps.length;
    const done = await act((opId) => applyBreakdown(draft.id, opId));
    if (!done) return;
    onClose();
    offerUndo(text.applied(count, draft.goal), done.draft.applied_op ?? done.opId);
  };

  const discard = async () => {
    const ready = draft.status === "ready" && draft.verdict === "steps";
    const done = await act((opId) => cancelBreakdown(draft.id, opId));
    if (!done) return;
    onClose();
    // What was still being made cannot be had back.
    if (ready) offerUndo(text.discarded, done.opId);
  };

  /** Gives it up and goes back to what was asked. */
  const withdraw = async () => {
    if (await act((opId) => cancelBreakdown(draft.id, opId))) onAskAnew();
  };

  const addAsTask = async () => {
    const { goal, deadline } = draft;
    if (!(await act((opId) => cancelBreakdown(draft.id, opId)))) return;
    commands.create(goal, { deadline, due_date: null });
    showToast({ message: text.addedAsTask(goal) });
    onClose();
  };

  const isTask = draft.task !== null && store.getTask(draft.task) !== undefined;
  return (
    <>
      <Heard draft={draft} />
      {draft.status === "queued" || draft.status === "generating" ? (
        <Making desk={desk} onCancel={() => void withdraw()} />
      ) : draft.status === "failed" ? (
        <Failed desk={desk} onAgain={() => void regenerate({})} onChange={() => void withdraw()} />
      ) : draft.status === "ready" ? (
        draft.verdict === "questions" ? (
          <Questions
            desk={desk}
            onAnswers={(answers) => void regenerate({ answers })}
            onDiscard={() => void discard()}
          />
        ) : draft.verdict === "needs_no_plan" ? (
          <NoPlan
            desk={desk}
            isTask={isTask}
            onAdd={() => void addAsTask()}
            onClose={() => void discard()}
          />
        ) : (
          <Plan
            desk={desk}
            anew={asking}
            onAnew={setAsking}
            onRegenerate={(asked) => {
              setAsking(false);
              void regenerate(asked);
            }}
            onApply={() => void apply()}
            onDiscard={() => void discard()}
          />
        )
      ) : (
        <div role="status" className="grid justify-items-start gap-4 p-4 sm:p-6">
          <div>
            <h3 className="text-title font-semibold">{text.closedTitle[draft.status]}</h3>
            <p className="text-muted">{text.closedHint[draft.status]}</p>
          </div>
          <Button onClick={onAskAnew}>{text.newPlan}</Button>
        </div>
      )}
    </>
  );
}
