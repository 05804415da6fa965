import { useEffect, useRef } from "react";

import { useObservable } from "@/shared/lib/observable";
import { breakdown as text } from "@/shared/text/breakdown";
import { Button } from "@/shared/ui/Button";

import { useWorkspace } from "../context";
import { Frame } from "./Frame";
import { USUAL_CALENDAR } from "./layout";
import { totalOf, work } from "./minutes";
import { Strip } from "./Strip";
import type { Desk } from "./useDesk";

/** The steps as they come, one by one. */
export function Making({ desk, onCancel }: { readonly desk: Desk; readonly onCancel: () => void }) {
  const { draft, busy } = desk;
  const live = useObservable(useWorkspace().connection).state === "live";
  const count = draft.steps.length;
  const end = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    end.current?.scrollIntoView({ block: "nearest" });
  }, [count]);
  return (
    <Frame
      desk={desk}
      facts={count > 0 && <span>{text.total(count, work(totalOf(draft.steps)))}</span>}
      actions={
        <Button disabled={busy} onClick={onCancel}>
          {text.cancel}
        </Button>
      }
    >
      <Strip draft={draft} calendar={USUAL_CALENDAR} />
      <ol aria-label={text.steps} className="mt-4 grid">
        {draft.steps.map((step, index) => (
          <li
            key={`${draft.attempt} ${step.key}`}
            className="appear flex items-baseline gap-3 border-b border-line py-2.5"
          >
            <span aria-hidden="true" className="tabular w-5 text-right text-meta text-muted">
              {index + 1}
            </span>
            <span className="min-w-0 flex-1">{step.title}</span>
            <span className="tabular text-meta whitespace-nowrap text-muted">
              {work(step.estimate_min)}
            </span>
          </li>
        ))}
      </ol>
      <p ref={end} className="flex items-center gap-3 py-3 text-muted">
        <span aria-hidden="true" className="flex w-5 justify-end">
          <span className="breathe size-2 rounded-full bg-accent" />
        </span>
        {draft.status === "queued" ? text.queued : text.making}
      </p>
      {!live && <p className="rounded-card bg-hover px-3 py-2 text-meta">{text.dropped}</p>}
    </Frame>
  );
}
