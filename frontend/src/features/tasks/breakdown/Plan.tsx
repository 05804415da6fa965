import { useState } from "react";

import { addStep } from "@/shared/api/addStep";
import type { RegenerateRequest } from "@/shared/api/types";
import { undo } from "@/shared/api/undo";
import { updateBreakdown } from "@/shared/api/updateBreakdown";
import { newUuid } from "@/shared/lib/uuid";
import { breakdown as text } from "@/shared/text/breakdown";
import { Button } from "@/shared/ui/Button";
import { ChevronIcon } from "@/shared/ui/icons";

import { useZone } from "../context";
import { ByWhen } from "./Ask";
import { dueOf } from "./due";
import { Fit } from "./Fit";
import { Frame } from "./Frame";
import { Granularity } from "./Granularity";
import { totalOf, work } from "./minutes";
import { Notes } from "./Notes";
import { AddStep } from "./AddStep";
import { Steps } from "./Steps";
import { Strip } from "./Strip";
import { Why } from "./Failed";
import { useCalendar } from "./useAi";
import { type Desk, useExplain } from "./useDesk";

interface PlanProps {
  readonly desk: Desk;
  /** Whether it is being asked what is to be otherwise. */
  readonly anew: boolean;
  readonly onAnew: (anew: boolean) => void;
  readonly onRegenerate: (asked: RegenerateRequest) => void;
  readonly onApply: () => void;
  readonly onDiscard: () => void;
}

/** A plan that is ready: to be looked at, changed, and applied. */
export function Plan({ desk, anew, onAnew, onRegenerate, onApply, onDiscard }: PlanProps) {
  const { draft, busy, act } = desk;
  const explain = useExplain();
  const zone = useZone();
  const [hoursVersion, setHoursVersion] = useState(0);
  const calendar = useCalendar(draft, hoursVersion);
  const [note, setNote] = useState<Note | null>(null);
  const count = draft.steps.length;
  const takeBack = async (opId: string) => {
    try {
      await undo(opId, newUuid());
      setNote(null);
    } catch (error) {
      setNote({ message: text.notUndone(explain(error)), opId: null });
    }
  };
  return (
    <Frame
      desk={desk}
      due={
        <ByWhen
          compact
          value={dueOf(draft.deadline, zone)}
          removable
          onChoose={({ deadline }) =>
            void act(
              (opId) => updateBreakdown(draft.id, { deadline }, opId),
              (before) => ({ ...before, deadline }),
            )
          }
        />
      }
      facts={<span>{text.total(count, work(totalOf(draft.steps)))}</span>}
      actions={
        <>
          <Button look="plain" disabled={busy} onClick={onDiscard}>
            {text.discard}
          </Button>
          <Button look="main" disabled={busy || count === 0} onClick={onApply}>
            {text.apply(count)}
          </Button>
        </>
      }
    >
      {draft.error && (
        <div role="status" className="mt-3 rounded-card bg-missed-wash px-3 py-2">
          <Why draft={draft} />
          <p className="text-meta">{text.formerStands}</p>
        </div>
      )}
      <Strip draft={draft} calendar={calendar} />
      <Fit
        desk={desk}
        onHours={() => {
          setHoursVersion(hoursVersion + 1);
        }}
      />
      <div className="mt-1 -mr-2.5 flex justify-end">
        <Button
          look="plain"
          small
          disabled={busy}
          aria-expanded={anew}
          onClick={() => {
            onAnew(!anew);
          }}
        >
          {text.anew}
          <ChevronIcon className={`size-4 ${anew ? "rotate-180" : ""}`} />
        </Button>
      </div>
      {anew && (
        <Anew
          granularity={draft.granularity}
          context={draft.context}
          busy={busy}
          onRegenerate={onRegenerate}
        />
      )}
      <Steps
        desk={desk}
        onRemoved={(title, opId) => {
          setNote({ message: text.removed(title), opId });
        }}
      />
      <div role="status">
        {note && (
          <p className="appear flex items-center gap-2 text-meta text-muted">
            {note.message}
            {note.opId !== null && (
              <Button
                look="plain"
                small
                className="font-semibold text-ink"
                onClick={() => void takeBack(note.opId ?? "")}
              >
                {text.undo}
              </Button>
            )}
          </p>
        )}
      </div>
      <AddStep
        busy={busy}
        onAdd={async (step) => (await act((opId) => addStep(draft.id, step, opId))) !== null}
      />
      <div className="mt-4 grid gap-5 border-t border-line pt-4">
        <Notes draft={draft} />
      </div>
    </Frame>
  );
}

interface Note {
  readonly message: string;
  /** What can be taken back. */
  readonly opId: string | null;
}

interface AnewProps {
  readonly granularity: number;
  readonly context: string;
  readonly busy: boolean;
  readonly onRegenerate: (asked: RegenerateRequest) => void;
}

/** What is to be otherwise when the steps are made anew. */
function Anew({ granularity: before, context: known, busy, onRegenerate }: AnewProps) {
  const [granularity, setGranularity] = useState(before);
  const [context, setContext] = useState(known);
  return (
    <form
      aria-label={text.anew}
      className="appear mt-1 mb-3 grid gap-4 rounded-card border border-line bg-card p-4"
      onSubmit={(event) => {
        event.preventDefault();
        onRegenerate({ granularity, context: context.trim() });
      }}
    >
      <Granularity value={granularity} onChoose={setGranularity} />
      <label className="grid gap-1 text-meta text-muted">
        {text.context}
        <textarea
          rows={2}
          placeholder={text.contextPlaceholder}
          className="field field-sizing-content max-h-40 resize-none text-base text-ink"
          value={context}
          onChange={(event) => {
            setContext(event.target.value);
          }}
        />
      </label>
      <div className="flex items-center justify-between gap-3">
        <p className="text-meta text-muted">{text.anewHint}</p>
        <Button type="submit" disabled={busy}>
          {text.makeAnew}
        </Button>
      </div>
    </form>
  );
}
