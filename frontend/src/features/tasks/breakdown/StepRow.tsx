import { type CSSProperties, type HTMLAttributes, type KeyboardEvent, useState } from "react";

import type { Step, StepFields } from "@/shared/api/types";
import { useToday } from "@/shared/clock/useToday";
import { dayOf } from "@/shared/lib/zone";
import { breakdown as text } from "@/shared/text/breakdown";
import { IconButton } from "@/shared/ui/Button";
import { ChevronIcon } from "@/shared/ui/icons";
import { Menu } from "@/shared/ui/Menu";

import { useZone } from "../context";
import { timeOfDay, whenText } from "../deadline/when";
import { HandleIcon, LockIcon, MoreIcon, UnlockIcon } from "./icons";
import { readMinutes, work } from "./minutes";

const TITLE_LIMIT = 200;

interface StepRowProps {
  readonly step: Step;
  readonly number: number;
  readonly busy: boolean;
  readonly lifted: boolean;
  readonly style: CSSProperties | undefined;
  readonly handle: HTMLAttributes<HTMLButtonElement>;
  readonly onEdit: (fields: StepFields) => void;
  readonly onShift: (by: 1 | -1, handle: HTMLElement) => void;
  readonly onSplit: () => void;
  readonly onRemove: () => void;
}

export function StepRow(props: StepRowProps) {
  const { step, number, busy, lifted, style, handle, onEdit, onShift, onSplit, onRemove } = props;
  const { title } = step;
  return (
    <li
      data-lifted={lifted || undefined}
      style={style}
      className="flex items-start gap-1 border-b border-line bg-paper py-1"
    >
      <button
        type="button"
        data-handle=""
        aria-label={text.move(number, title)}
        className="tabular -ml-2 flex min-h-11 w-11 wide:min-h-9 shrink-0 cursor-grab touch-none items-center justify-end gap-1 rounded-card pr-1 text-meta text-muted hover:bg-hover active:cursor-grabbing"
        {...handle}
        onKeyDown={(event) => {
          const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : null;
          if (by === null) return;
          event.preventDefault();
          onShift(by, event.currentTarget);
        }}
      >
        <HandleIcon className="size-3.5 opacity-60" />
        {number}
      </button>
      {/* In one line; on a phone the time and the lock stand beside the facts. */}
      <div className="grid min-w-0 flex-1 grid-cols-[minmax(0,1fr)_auto_auto] items-start gap-x-1">
        <div className="col-start-1 col-end-3 row-start-1 sm:col-end-2">
          <Editable
            label={text.stepTitle(number)}
            value={title}
            read={(entered) => (entered === "" ? null : entered)}
            onSave={(entered) => {
              onEdit({ title: entered });
            }}
          />
        </div>
        <div className="col-start-1 col-end-2 row-start-2 sm:col-end-4">
          <Facts step={step} />
        </div>
        <div className="col-start-2 col-end-4 row-start-2 flex items-center sm:col-end-3 sm:row-start-1">
          <Estimate step={step} onEdit={onEdit} />
          <IconButton
            label={text.lock(title)}
            title={text.lockHint}
            aria-pressed={step.locked}
            className={step.locked ? "text-accent!" : "opacity-70"}
            onClick={() => {
              onEdit({ locked: !step.locked });
            }}
          >
            {step.locked ? <LockIcon /> : <UnlockIcon />}
          </IconButton>
        </div>
        <div className="col-start-3 row-start-1">
          <Menu
            label={text.more(title)}
            className="inline-flex size-11 items-center justify-center rounded-card text-muted hover:bg-hover hover:text-ink wide:size-9"
            items={[
              ...(busy ? [] : [{ label: text.split, run: onSplit }]),
              { label: text.remove, run: onRemove },
            ]}
          >
            <MoreIcon />
          </Menu>
        </div>
      </div>
    </li>
  );
}

/** When its turn is; behind it what it is for, and what tells that it is done. */
function Facts({ step }: { readonly step: Step }) {
  const zone = useZone();
  const today = useToday(zone);
  const { starts_at: start, deadline, optional, done_when: done, why } = step;
  const more = [why, done === "" ? "" : text.doneWhen(done)].filter((line) => line !== "");
  const turn =
    start !== null &&
    deadline !== null &&
    text.turn(
      whenText(Date.parse(start), zone, today),
      isSameDay(start, deadline, zone)
        ? timeOfDay(Date.parse(deadline), zone)
        : whenText(Date.parse(deadline), zone, today),
    );
  const facts = (
    <span className="facts">
      <span>
        {turn && <span className="tabular">{turn}</span>}
        {optional && <span>{text.optional}</span>}
        {!turn && more.length > 0 && <span>{text.about}</span>}
      </span>
    </span>
  );
  if (more.length === 0) {
    return turn || optional ? <p className="px-2 pb-2 text-meta text-muted">{facts}</p> : null;
  }
  return (
    <details className="group/facts px-2 pb-1 text-meta text-muted">
      <summary className="inline-flex min-h-11 cursor-pointer list-none items-center gap-1 rounded-card hover:text-ink wide:min-h-6">
        {facts}
        <ChevronIcon className="size-3.5 transition-transform duration-100 group-open/facts:rotate-180" />
      </summary>
      {more.map((line) => (
        <p key={line} className="pb-1">
          {line}
        </p>
      ))}
    </details>
  );
}

function Estimate({ step, onEdit }: Pick<StepRowProps, "step" | "onEdit">) {
  const [entered, setEntered] = useState<string | null>(null);
  const wrong = entered !== null && readMinutes(entered) === null;
  const save = () => {
    const minutes = entered === null ? null : readMinutes(entered);
    if (minutes !== null && minutes !== step.estimate_min) onEdit({ estimate_min: minutes });
    setEntered(null);
  };
  return (
    <input
      aria-label={text.estimate(step.title)}
      title={text.estimateHint}
      aria-invalid={wrong || undefined}
      autoComplete="off"
      className="tabular field-sizing-content min-h-11 max-w-24 min-w-11 rounded-card sm:w-24 bg-transparent px-2 text-right text-meta text-muted hover:bg-hover focus:bg-card focus:text-ink aria-invalid:text-missed wide:min-h-9"
      value={entered ?? work(step.estimate_min)}
      onChange={(event) => {
        setEntered(event.target.value);
      }}
      onBlur={save}
      onKeyDown={(event) => {
        leaveByKey(event, () => {
          setEntered(null);
        });
      }}
    />
  );
}

interface EditableProps {
  readonly label: string;
  readonly value: string;
  /** What is meant; null for what cannot be. */
  readonly read: (entered: string) => string | null;
  readonly onSave: (entered: string) => void;
}

/** A text that can be typed into where it stands. Enter keeps it, Escape takes it back. */
function Editable({ label, value, read, onSave }: EditableProps) {
  const [entered, setEntered] = useState<string | null>(null);
  return (
    <textarea
      aria-label={label}
      rows={1}
      maxLength={TITLE_LIMIT}
      className="block field-sizing-content min-h-11 w-full resize-none rounded-card bg-transparent px-2 py-2.5 hover:bg-hover focus:bg-card wide:min-h-9 wide:py-[7px]"
      value={entered ?? value}
      onChange={(event) => {
        setEntered(event.target.value);
      }}
      onBlur={() => {
        // A title has one line.
        const meant = entered === null ? null : read(entered.trim().replace(/\s+/g, " "));
        if (meant !== null && meant !== value) onSave(meant);
        setEntered(null);
      }}
      onKeyDown={(event) => {
        leaveByKey(event, () => {
          setEntered(null);
        });
      }}
    />
  );
}

/** Enter leaves a field, which saves it; Escape leaves it as it was, and the planner open. */
function leaveByKey(event: KeyboardEvent<HTMLElement>, revert: () => void): void {
  if (event.key === "Enter") {
    event.preventDefault();
    event.currentTarget.blur();
  } else if (event.key === "Escape") {
    event.preventDefault();
    revert();
  }
}

function isSameDay(a: string, b: string, zone: string): boolean {
  return dayOf(Date.parse(a), zone) === dayOf(Date.parse(b), zone);
}
