import type { ReactNode } from "react";

import { useToday } from "@/shared/clock/useToday";

import { useZone } from "../context";
import { dueWords } from "./due";
import { MadeBy } from "./Who";
import type { Desk } from "./useDesk";

interface FrameProps {
  readonly desk: Desk;
  /** The deadline, where it can be moved. */
  readonly due?: ReactNode;
  /** More facts beside who made it. */
  readonly facts?: ReactNode;
  readonly children: ReactNode;
  readonly actions: ReactNode;
}

/** The frame of every state of a draft: its goal on top, what there is to do at the foot. */
export function Frame({ desk, due, facts, children, actions }: FrameProps) {
  const zone = useZone();
  const today = useToday(zone);
  const { draft, problem } = desk;
  return (
    <>
      <div className="min-h-0 flex-1 overflow-y-auto px-4 py-5 sm:px-6">
        <h3 className="text-title font-semibold">{draft.goal}</h3>
        <div className="facts text-meta text-muted">
          <span>
            {due ? (
              <span>{due}</span>
            ) : (
              draft.deadline !== null && (
                <time dateTime={draft.deadline} className="tabular">
                  {dueWords(draft.deadline, zone, today)}
                </time>
              )
            )}
            {facts}
            <MadeBy draft={draft} />
          </span>
        </div>
        {children}
      </div>
      <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-4 py-3 pb-[max(12px,env(safe-area-inset-bottom))] sm:px-6">
        <p role="alert" className="min-w-0 flex-[1_1_100%] text-missed empty:hidden sm:flex-1">
          {problem}
        </p>
        {actions}
      </footer>
    </>
  );
}
