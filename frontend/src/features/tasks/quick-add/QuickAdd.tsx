import { type RefObject, useRef, useState } from "react";

import { useClock } from "@/shared/clock/react";
import { text } from "@/shared/text";
import { Button } from "@/shared/ui/Button";
import { ClockIcon, PlusIcon } from "@/shared/ui/icons";
import { preloadPopover } from "@/shared/ui/Popover";

import { useWorkspace } from "../context";
import { inOneMinute, noDeadline, tomorrowMorning, tonight } from "../deadline/deadline";
import { DeadlinePicker } from "../deadline/DeadlinePicker";
import { TITLE_LIMIT } from "../limits";

const PRESETS = [inOneMinute, tonight, tomorrowMorning, noDeadline];

interface QuickAddProps {
  readonly inputRef: RefObject<HTMLInputElement | null>;
}

/** One line for a new task. Enter adds it and the focus stays, ready for the next. */
export function QuickAdd({ inputRef }: QuickAddProps) {
  const clock = useClock();
  const { commands, zone } = useWorkspace();
  const [title, setTitle] = useState("");
  // The choice, not its instant: "in 1 minute" counts from when the task is added.
  const [choice, setChoice] = useState(noDeadline);
  const [picking, setPicking] = useState(false);
  const chip = useRef<HTMLButtonElement>(null);
  const chosen = choice !== noDeadline;
  return (
    <form
      aria-label={text.quickAdd.label}
      className="flex min-h-12 items-center gap-1 rounded-card border border-line-strong bg-card pl-3 focus-within:border-accent"
      onSubmit={(event) => {
        event.preventDefault();
        const trimmed = title.trim();
        if (trimmed === "") return;
        commands.create(trimmed, choice.at(clock.now(), zone));
        setTitle("");
        setChoice(noDeadline);
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
        className="min-w-0 flex-1 bg-transparent px-2 py-2.5 outline-none"
        value={title}
        onChange={(event) => {
          setTitle(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
      <button
        ref={chip}
        type="button"
        aria-haspopup="dialog"
        aria-expanded={picking}
        aria-label={chosen ? text.deadline.chosen(choice.label) : text.deadline.choose}
        className={`inline-flex min-h-11 items-center gap-1.5 rounded-card px-3 text-meta whitespace-nowrap hover:bg-hover wide:min-h-9 ${
          chosen ? "font-semibold text-accent" : "text-muted"
        }`}
        onPointerEnter={preloadPopover}
        onFocus={preloadPopover}
        onClick={() => {
          setPicking(!picking);
        }}
      >
        <ClockIcon />
        <span className={chosen ? "" : "max-sm:sr-only"}>
          {chosen ? choice.label : text.deadline.choose}
        </span>
      </button>
      <Button
        type="submit"
        look="main"
        small
        className="m-0.5 wide:m-1"
        disabled={title.trim() === ""}
      >
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
        onPick={setChoice}
      />
    </form>
  );
}
