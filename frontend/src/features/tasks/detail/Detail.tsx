import { Link } from "@tanstack/react-router";
import { type ReactNode, useEffect, useRef, useState } from "react";

import type { Task } from "@/shared/api/types";
import { useDraftsOf } from "@/shared/store/react";
import { text } from "@/shared/text";
import { views } from "@/shared/text/views";
import { Button, buttonClass, IconButton } from "@/shared/ui/Button";
import { CheckIcon, CloseIcon, StepsIcon, TrashIcon, UndoIcon } from "@/shared/ui/icons";
import { part } from "@/shared/ui/part";
import { Unloaded } from "@/shared/ui/Unloaded";
import { useTitle } from "@/shared/ui/useTitle";

import { useHands } from "../board/hands";
import { useWorkspace } from "../context";
import { focusRowAt } from "../frame/rows";
import { useComplete } from "../useComplete";
import { TITLE_LIMIT } from "../limits";
import { DeadlineField } from "./DeadlineField";
import { Fields } from "./Fields";
import { Notes } from "./Notes";
import { Parts } from "./Parts";
import { PriorityChoice } from "./PriorityChoice";
import { Times } from "./Times";
import { trapTab } from "./trapTab";
import { useDraft } from "./useDraft";
import { useOpenTask } from "./useOpenTask";

const history = part(() => import("./History"));

interface DetailProps {
  readonly taskId: string;
  /** Over the board, as a dialog, rather than beside it. */
  readonly modal: boolean;
  readonly onClose: () => void;
}

/** One task, opened: a panel beside the board on a wide screen, a sheet on a phone. */
export default function Detail({ taskId, modal, onClose }: DetailProps) {
  const open = useOpenTask(taskId);
  const panel = useRef<HTMLDivElement>(null);
  const { lists } = useHands();
  const { left } = useWorkspace();
  useTitle(open.state === "found" ? open.task.title : text.detail.label);
  const Panel = modal ? "div" : "aside";
  useEffect(() => {
    const opener = document.activeElement;
    panel.current?.focus({ preventScroll: true });
    const giveBack = () => {
      // Who has gone on to another card, or to another task in here, is there already.
      const isLost = () => document.activeElement === document.body;
      const toOpener = () => {
        if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
      };
      if (!isLost()) return;
      // Whoever came from the header goes back there, though the task may have a card.
      if (opener?.closest("header")) toOpener();
      if (!isLost() || lists.focus(taskId)) return;
      toOpener();
      if (isLost()) focusRowAt(left.get(), taskId);
      if (!isLost()) return;
      // The card that it was opened from is gone; the focus must not be.
      const card = document.querySelector<HTMLElement>('main [data-control="title"]');
      (card ?? document.querySelector<HTMLElement>("form input"))?.focus();
    };
    return () => {
      // A card that is far off is drawn for it, which has to wait until all else is.
      queueMicrotask(giveBack);
    };
  }, [left, lists, taskId]);
  return (
    <>
      {modal && (
        <div
          aria-hidden="true"
          className="fixed inset-x-0 top-[57px] bottom-0 z-30 hidden bg-[rgb(0_0_0/0.3)] wide:block"
          onClick={onClose}
        />
      )}
      <Panel
        ref={panel}
        role={modal ? "dialog" : undefined}
        aria-modal={modal || undefined}
        aria-label={text.detail.label}
        data-detail={taskId}
        tabIndex={-1}
        className={`overflow-y-auto outline-none ${
          modal
            ? "rise fixed inset-x-0 top-[57px] bottom-0 z-40 border-t border-line-strong bg-paper px-4 pb-8 wide:left-auto wide:w-[480px] wide:border-l wide:px-6"
            : "slide-in fixed top-[57px] bottom-0 z-30 w-[420px] border-l border-line bg-paper px-6 pb-8 right-[max(0px,calc(50vw-840px))]"
        }`}
        onKeyDown={(event) => {
          if (event.key === "Escape" && !event.defaultPrevented) {
            // It is not the board's, too.
            event.preventDefault();
            onClose();
          }
          if (modal) trapTab(event, panel);
        }}
      >
        {open.state === "found" ? (
          <Editor task={open.task} onClose={onClose} />
        ) : (
          <>
            <Bar onClose={onClose} />
            {open.state === "loading" ? (
              <p className="late text-muted">{text.detail.loading}</p>
            ) : (
              <div role="status" className="grid justify-items-start gap-4">
                <p className="text-muted">{open.why}</p>
                <Link to="/" className={buttonClass()}>
                  {text.auth.toBoard}
                </Link>
              </div>
            )}
          </>
        )}
      </Panel>
    </>
  );
}

function Bar({
  onClose,
  children,
}: {
  readonly onClose: () => void;
  readonly children?: ReactNode;
}) {
  return (
    <div className="sticky top-0 z-10 -mx-1 mb-2 flex items-center justify-between gap-2 bg-paper px-1 py-3">
      <div className="flex gap-2">{children}</div>
      <IconButton label={text.detail.close} onClick={onClose}>
        <CloseIcon />
      </IconButton>
    </div>
  );
}

function Editor({ task, onClose }: { readonly task: Task; readonly onClose: () => void }) {
  const { commands } = useWorkspace();
  const title = useDraft(task.title, (draft) => {
    if (draft !== "") commands.edit(task, { title: draft });
  });
  const [past, setPast] = useState(false);
  return (
    <>
      <Bar onClose={onClose}>
        <CompleteButton task={task} />
        {task.completed_at === null && <BreakDownButton task={task} />}
      </Bar>
      <div className="grid gap-6">
        <textarea
          aria-label={text.detail.title}
          rows={1}
          maxLength={TITLE_LIMIT}
          className="field-sizing-content w-full resize-none rounded-card bg-transparent py-1 text-title font-semibold outline-offset-4 max-wide:min-h-11 max-wide:py-2.5"
          {...title}
          onKeyDown={(event) => {
            // A title has one line; Enter means that it is ready.
            if (event.key !== "Enter") return;
            event.preventDefault();
            event.currentTarget.blur();
          }}
        />
        <Parts task={task} />
        <DeadlineField task={task} />
        <PriorityChoice
          value={task.priority}
          onChoose={(priority) => {
            commands.edit(task, { priority });
          }}
        />
        <Fields task={task} />
        <Notes task={task} />
        <Times task={task} />
        <details
          className="border-t border-line pt-4"
          onToggle={({ currentTarget }) => {
            setPast(currentTarget.open);
          }}
        >
          <summary className="min-h-9 cursor-pointer rounded-card text-meta text-muted max-wide:py-[13px]">
            {views.history}
          </summary>
          {past && <history.Part of={{ task }} failed={(retry) => <Unloaded onRetry={retry} />} />}
        </details>
        <div className="border-t border-line pt-4">
          <Button
            look="danger"
            onClick={() => {
              onClose();
              commands.remove(task);
            }}
          >
            <TrashIcon />
            {text.detail.delete}
          </Button>
        </div>
      </div>
    </>
  );
}

function BreakDownButton({ task }: { readonly task: Task }) {
  const { store, subject } = useWorkspace();
  const begun = useDraftsOf(store).some((draft) => draft.task === task.id);
  return (
    <Button
      small
      onClick={() => {
        subject.set({ taskId: task.id });
      }}
    >
      <StepsIcon />
      {begun ? text.plan.goOn : text.plan.breakDown}
    </Button>
  );
}

function CompleteButton({ task }: { readonly task: Task }) {
  const complete = useComplete();
  return task.completed_at === null ? (
    <Button
      look="main"
      small
      onClick={() => {
        complete(task);
      }}
    >
      <CheckIcon />
      {text.detail.complete}
    </Button>
  ) : (
    <Button
      small
      onClick={() => {
        complete(task);
      }}
    >
      <UndoIcon />
      {text.detail.reopen}
    </Button>
  );
}
