import { useState } from "react";

import { useClock } from "@/shared/clock/react";
import { dayOf, timeOf } from "@/shared/lib/zone";
import { text } from "@/shared/text";
import { Button } from "@/shared/ui/Button";
import { PopoverPanel } from "@/shared/ui/PopoverPanel";

import { useZone } from "../context";
import { fixed, NO_DEADLINE, picked, type Preset } from "./deadline";
import type { DeadlinePickerProps } from "./DeadlinePicker";
import { dueText } from "./when";

/** Presets for the usual, native inputs for the rest. */
export default function DeadlineDialog(props: DeadlinePickerProps) {
  const { onClose, anchor, returnTo = anchor, align = "start" } = props;
  return (
    <PopoverPanel
      onClose={onClose}
      anchor={anchor}
      returnTo={returnTo}
      label={text.deadline.dialog}
      align={align}
    >
      <Choices {...props} />
    </PopoverPanel>
  );
}

function Choices({
  value,
  presets,
  onPick,
  onClose,
  anchor,
  returnTo = anchor,
}: DeadlinePickerProps) {
  const clock = useClock();
  const zone = useZone();
  const at = value.deadline === null ? null : Date.parse(value.deadline);
  const [day, setDay] = useState(() => value.due_date ?? dayOf(at ?? clock.now(), zone));
  const [time, setTime] = useState(at === null || value.due_date !== null ? "" : timeOf(at, zone));
  const chosen = day === "" ? NO_DEADLINE : picked(day, time, zone);
  const past = chosen.deadline !== null && Date.parse(chosen.deadline) <= clock.now();
  const pick = (choice: Preset) => {
    // Before the choice takes effect: a card that moves by it keeps the focus that it has.
    returnTo.current?.focus();
    onPick(choice);
    onClose();
  };
  return (
    <div className="grid gap-2">
      {presets.length > 0 && (
        <div className="grid">
          {presets.map((preset) => (
            <button
              key={preset.label}
              type="button"
              className="min-h-11 rounded-card px-3 text-left hover:bg-hover wide:min-h-9"
              onClick={() => {
                pick(preset);
              }}
            >
              {preset.label}
            </button>
          ))}
        </div>
      )}
      <form
        className={`grid grid-cols-2 gap-2 p-1 ${presets.length > 0 ? "border-t border-line pt-3" : ""}`}
        onSubmit={(event) => {
          event.preventDefault();
          // A form inside a popover is, to React, still inside the form that opened it.
          event.stopPropagation();
          pick(fixed(chosen, dueText(chosen, zone, dayOf(clock.now(), zone))));
        }}
      >
        <label className="grid min-w-0 gap-1 text-meta text-muted">
          {text.deadline.date}
          <input
            type="date"
            required
            className="field tabular min-w-0 px-2 text-ink"
            value={day}
            onChange={(event) => {
              setDay(event.target.value);
            }}
          />
        </label>
        <label className="grid min-w-0 gap-1 text-meta text-muted">
          {text.deadline.time}
          <input
            type="time"
            className="field tabular min-w-0 px-2 text-ink"
            value={time}
            onChange={(event) => {
              setTime(event.target.value);
            }}
          />
        </label>
        <p className="col-span-2 text-meta text-muted">
          {past ? text.deadline.past : text.deadline.dayHint}
        </p>
        <Button type="submit" look="main" small className="col-span-2">
          {text.deadline.set}
        </Button>
      </form>
    </div>
  );
}
