import { useEffect, useRef, useState } from "react";

import type { Breakdown } from "@/shared/api/types";
import { breakdown as text } from "@/shared/text/breakdown";
import { Button, IconButton } from "@/shared/ui/Button";
import { CloseIcon } from "@/shared/ui/icons";
import { useModal } from "@/shared/ui/useModal";

import type { Subject } from "../workspace";
import { Ask } from "./Ask";
import { Draft } from "./Draft";
import { useDraftIdOf, useOpenDraft } from "./useSubjectDraft";

interface PlannerProps {
  readonly subject: Subject;
  /** Told of the draft that is shown; null for none. */
  readonly onDraft: (id: string | null) => void;
  readonly onClose: () => void;
}

/** Where a goal becomes steps: asked for, made before the person's eyes, edited, applied. */
export default function Planner({ subject, onDraft, onClose }: PlannerProps) {
  const dialog = useModal();
  const heading = useRef<HTMLHeadingElement>(null);
  const [id, setId] = useDraftIdOf(subject);
  const [former, setFormer] = useState<Breakdown | null>(null);
  const open = useOpenDraft(id);
  const phase = open.state === "found" ? open.draft.status : open.state;
  useEffect(() => {
    // What had the focus may have gone with the phase before.
    if (!dialog.current?.contains(document.activeElement)) heading.current?.focus();
  }, [dialog, phase]);
  useEffect(() => {
    onDraft(id);
  }, [id, onDraft]);
  const askAnew = (draft: Breakdown | null) => {
    setFormer(draft);
    setId(null);
  };
  return (
    <dialog
      ref={dialog}
      aria-labelledby="planner-title"
      className="rise m-0 h-dvh max-h-none w-dvw max-w-none overflow-hidden bg-paper text-ink backdrop:bg-[rgb(0_0_0/0.4)] sm:mx-auto sm:mt-[4dvh] sm:h-fit sm:max-h-[min(92dvh,920px)] sm:w-[min(880px,calc(100vw-48px))] sm:rounded-card sm:border sm:border-line-strong"
      onClose={onClose}
    >
      <div className="flex h-dvh flex-col sm:h-auto sm:max-h-[min(92dvh,920px)] sm:min-h-[min(80dvh,600px)]">
        <header className="flex items-center justify-between gap-2 border-b border-line py-1.5 pr-2 pl-4 sm:pl-6">
          <h2 id="planner-title" ref={heading} tabIndex={-1} className="font-semibold outline-none">
            {text.title}
          </h2>
          <IconButton label={text.close} onClick={onClose}>
            <CloseIcon />
          </IconButton>
        </header>
        {open.state === "none" ? (
          <Ask
            subject={subject}
            former={former}
            onStarted={(draft) => {
              if ("started" in subject) subject.started();
              setId(draft.id);
            }}
          />
        ) : open.state === "found" ? (
          <Draft
            key={open.draft.id}
            told={open.draft}
            onClose={onClose}
            onAskAnew={() => {
              askAnew(open.draft);
            }}
          />
        ) : open.state === "loading" ? (
          <p className="late p-6 text-muted">{text.loading}</p>
        ) : (
          <div role="status" className="grid justify-items-start gap-4 p-6">
            <p>{open.state === "gone" ? text.goneTitle : open.why}</p>
            <Button
              onClick={() => {
                askAnew(null);
              }}
            >
              {text.newPlan}
            </Button>
          </div>
        )}
      </div>
    </dialog>
  );
}
