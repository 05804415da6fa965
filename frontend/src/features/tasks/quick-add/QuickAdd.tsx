import { type RefObject, useRef, useState } from "react";

import { useClock } from "@/shared/clock/react";
import { text } from "@/shared/text";
import { Button, IconButton } from "@/shared/ui/Button";
import { ClockIcon, PlusIcon, StepsIcon } from "@/shared/ui/icons";

import { useWorkspace, useZone } from "../context";
import {
  inOneMinute,
  noDeadline,
  type Preset,
  tomorrowMorning,
  tonight,
} from "../deadline/deadline";
import { DeadlinePicker, preloadPicker } from "../deadline/DeadlinePicker";
import { TITLE_LIMIT } from "../limits";

const PRESETS = [inOneMinute, tonight, tomorrowMorning, noDeadline];

interface QuickAddProps {
  readonly inputRef: RefObject<HTMLInputElement | null>;
  /** The deadline's choice, not its instant: "in 1 minute" counts from when the task is added. */
  readonly choice: Preset;
  readonly onChoose: (choice: Preset) => void;
}

/** One line for a new task. Enter adds it and the focus stays, ready for the next. */
export function QuickAdd({ inputRef, choice, onChoose }: QuickAddProps) {
  const clock = useClock();
  const { commands, subject } = useWorkspace();
  const zone = useZone();
  const [title, setTitle] = useState("");
  const [picking, setPicking] = useState(false);
  const chip = useRef<HTMLButtonElement>(null);
  const chosen = choice !== noDeadline;
  const goal = title.trim();
  const empty = () => {
    setTitle("");
    onChoose(noDeadline);
  };
  const breakDown = () => {
    subject.set({ goal, deadline: choice.at(clock.now(), zone), started: empty });
  };
  return (
    <form
      aria-label={text.quickAdd.label}
      className="flex min-h-12 items-center gap-1 rounded-card border border-line-strong bg-card pl-3 -outline-offset-1 outline-accent has-[input:focus]:outline-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (goal === "") return;
        commands.create(goal, choice.at(clock.now(), zone));
        empty();
        inputRef.current?.focus();
      }}
    >
      <PlusIcon className="size-4 text-muted" />
      <input
        ref={inputRef}
        aria-label={text.quickAdd.label}
        placeholder={text.quickAdd.placeholder}
        autoComplete="off"
        enterKeyHint="done"
        maxLength={TITLE_LIMIT}
        className="min-w-0 flex-1 bg-transparent px-2 py-2.5 min-h-11 outline-none"
        value={title}
        onChange={(event) => {
          setTitle(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
          if (event.key !== "Enter" || !event.shiftKey || goal === "") return;
          event.preventDefault();
          breakDown();
        }}
      />
      <button
        ref={chip}
        type="button"
        aria-haspopup="dialog"
        aria-expanded={picking}
        aria-label={chosen ? text.deadline.chosen(choice.label) : text.deadline.choose}
        className={`inline-flex min-h-11 min-w-11 items-center justify-center gap-1.5 rounded-card px-3 text-meta whitespace-nowrap hover:bg-hover wide:min-h-9 ${
          chosen ? "font-semibold text-accent" : "text-muted"
        }`}
        onPointerEnter={preloadPicker}
        onFocus={preloadPicker}
        onClick={() => {
          setPicking(!picking);
        }}
      >
        <ClockIcon />
        <span className={chosen ? "" : "max-sm:sr-only"}>
          {chosen ? choice.label : text.deadline.choose}
        </span>
      </button>
      {goal !== "" && (
        <IconButton label={text.plan.breakDown} className="-mx-1" onClick={breakDown}>
          <StepsIcon />
        </IconButton>
      )}
      <Button type="submit" look="main" small className="m-0.5 wide:m-1" disabled={goal === ""}>
        {text.quickAdd.add}
      </Button>
      <DeadlinePicker
        open={picking}
        onClose={() => {
          setPicking(false);
        }}
        anchor={chip}
        returnTo={inputRef}
        value={choice.at(clock.now(), zone)}
        presets={PRESETS}
        onPick={onChoose}
        align="end"
      />
    </form>
  );
}
