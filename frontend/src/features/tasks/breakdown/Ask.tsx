import { useRef, useState } from "react";

import { startBreakdown } from "@/shared/api/startBreakdown";
import type { Breakdown } from "@/shared/api/types";
import { NetworkError } from "@/shared/api/errors";
import { useClock } from "@/shared/clock/react";
import { useToday } from "@/shared/clock/useToday";
import { newUuid } from "@/shared/lib/uuid";
import { addDays, dayOf } from "@/shared/lib/zone";
import { text as common } from "@/shared/text";
import { breakdown as text } from "@/shared/text/breakdown";
import { Button, buttonClass } from "@/shared/ui/Button";
import { ClockIcon } from "@/shared/ui/icons";

import { useWorkspace, useZone } from "../context";
import {
  type Deadline,
  NO_DEADLINE,
  noDeadline,
  picked,
  type Preset,
  tonight,
} from "../deadline/deadline";
import { DeadlinePicker } from "../deadline/DeadlinePicker";
import { dueText } from "../deadline/when";
import { TITLE_LIMIT } from "../limits";
import type { Subject } from "../workspace";
import { dueOf } from "./due";
import { Granularity } from "./Granularity";
import { useAi } from "./useAi";
import { useExplain } from "./useDesk";
import { WhoWillMake } from "./Who";

const USUAL_GRANULARITY = 3;
const CONTEXT_LIMIT = 4_000;

/** The whole day so many days from now. */
function inDays(label: () => string, days: number): Preset {
  return {
    get label() {
      return label();
    },
    at: (now, zone) => picked(addDays(dayOf(now, zone), days), "", zone),
  };
}

export const PLAN_PRESETS = [
  tonight,
  inDays(() => text.inAWeek, 7),
  inDays(() => text.inAMonth, 30),
];

interface AskProps {
  readonly subject: Subject;
  /** An earlier request to begin with. */
  readonly former: Breakdown | null;
  readonly onStarted: (draft: Breakdown) => void;
}

/** What is to be broken down, by when, and how fine. */
export function Ask({ subject, former, onStarted }: AskProps) {
  const { store } = useWorkspace();
  const zone = useZone();
  const explain = useExplain();
  const ai = useAi();
  const taskId = "taskId" in subject ? subject.taskId : (former?.task ?? null);
  const task = taskId === null ? undefined : store.getTask(taskId);
  const [goal, setGoal] = useState(
    former?.goal ?? task?.title ?? ("goal" in subject ? subject.goal : ""),
  );
  const [deadline, setDeadline] = useState<Deadline>(() =>
    former?.deadline
      ? dueOf(former.deadline, zone)
      : (task ?? ("deadline" in subject ? subject.deadline : NO_DEADLINE)),
  );
  const [granularity, setGranularity] = useState(former?.granularity ?? USUAL_GRANULARITY);
  const [context, setContext] = useState(former?.context ?? "");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  // The same name for the same request, should its answer have been lost on the way.
  const unanswered = useRef<{ body: string; opId: string } | null>(null);
  const start = async () => {
    const asked = {
      ...(taskId === null ? {} : { task: taskId }),
      goal: goal.trim(),
      deadline: deadline.deadline,
      granularity,
      context: context.trim(),
    };
    const body = JSON.stringify(asked);
    const opId = unanswered.current?.body === body ? unanswered.current.opId : newUuid();
    unanswered.current = { body, opId };
    setBusy(true);
    setProblem(null);
    try {
      const draft = await startBreakdown(asked, opId);
      store.takeDraft(draft);
      onStarted(draft);
    } catch (error) {
      if (!(error instanceof NetworkError)) unanswered.current = null;
      setProblem(explain(error));
      setBusy(false);
    }
  };
  return (
    <form
      className="flex min-h-0 flex-1 flex-col"
      onSubmit={(event) => {
        event.preventDefault();
        void start();
      }}
    >
      <div className="grid min-h-0 flex-1 content-start gap-5 overflow-y-auto px-4 py-5 sm:px-6">
        <label className="grid gap-1 text-meta text-muted">
          {text.goal}
          <input
            // The line that it was typed into is left: here it goes on.
            autoFocus={goal === ""}
            required
            maxLength={TITLE_LIMIT}
            placeholder={text.goalPlaceholder}
            autoComplete="off"
            className="field text-base text-ink"
            value={goal}
            onChange={(event) => {
              setGoal(event.target.value);
            }}
          />
        </label>
        <ByWhen value={deadline} removable={!task?.deadline} onChoose={setDeadline} />
        <Granularity value={granularity} onChoose={setGranularity} />
        <label className="grid gap-1 text-meta text-muted">
          <span className="flex justify-between gap-3">
            {text.context}
            <span>{text.contextHint}</span>
          </span>
          <textarea
            rows={2}
            maxLength={CONTEXT_LIMIT}
            placeholder={text.contextPlaceholder}
            className="field field-sizing-content max-h-60 resize-none text-base text-ink"
            value={context}
            onChange={(event) => {
              setContext(event.target.value);
            }}
          />
        </label>
        <WhoWillMake ai={ai} />
      </div>
      <footer className="flex flex-wrap items-center justify-end gap-3 border-t border-line px-4 py-3 pb-[max(12px,env(safe-area-inset-bottom))] sm:px-6">
        <p role="alert" className="min-w-0 flex-1 text-missed empty:hidden">
          {problem}
        </p>
        <Button type="submit" look="main" disabled={busy || goal.trim() === ""}>
          {busy ? text.starting : text.start}
        </Button>
      </footer>
    </form>
  );
}

interface ByWhenProps {
  /** One fact among others, rather than a field of its own. */
  readonly compact?: boolean;
  readonly value: Deadline;
  /** Whether there may be none. */
  readonly removable: boolean;
  readonly onChoose: (deadline: Deadline) => void;
}

/** The deadline that the steps have to fit before. */
export function ByWhen({ compact = false, value, removable, onChoose }: ByWhenProps) {
  const clock = useClock();
  const zone = useZone();
  const today = useToday(zone);
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const when = dueText(value, zone, today);
  const past =
    value.deadline !== null && Date.parse(value.deadline) < clock.now() && text.pastDeadline;
  return (
    <div className="grid justify-items-start gap-1">
      {!compact && <span className="text-meta text-muted">{text.byWhen}</span>}
      <button
        ref={button}
        type="button"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-label={common.deadline.chosen(when)}
        className={`${compact ? `${buttonClass("plain", true)} px-1! text-ink` : buttonClass("quiet")} tabular`}
        onClick={() => {
          setOpen(!open);
        }}
      >
        <ClockIcon />
        {when}
      </button>
      {past && !compact && <p className="text-meta text-missed">{past}</p>}
      <DeadlinePicker
        open={open}
        onClose={() => {
          setOpen(false);
        }}
        anchor={button}
        value={value}
        presets={removable ? [...PLAN_PRESETS, noDeadline] : PLAN_PRESETS}
        onPick={(choice) => {
          onChoose(choice.at(clock.now(), zone));
        }}
      />
    </div>
  );
}
