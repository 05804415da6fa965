import { useState } from "react";

import { explain } from "@/shared/api/errors";
import type { User } from "@/shared/api/types";
import { updateMe } from "@/shared/api/updateMe";
import { FormError } from "@/shared/forms/FormError";
import { useIsHere } from "@/shared/lib/useIsHere";
import { settings } from "@/shared/text/settings";
import { Button, IconButton } from "@/shared/ui/Button";
import { CloseIcon, PlusIcon } from "@/shared/ui/icons";
import { showRefusal, showToast } from "@/shared/ui/toasts";

import {
  type Day,
  DAYS,
  hoursOf,
  nextSpan,
  problemOf,
  type Span,
  USUAL_WEEK,
  weekOf,
} from "./hours";

/** What the server takes of one day. */
const MOST_A_DAY = 12;

interface HoursFormProps {
  readonly user: User;
  readonly onChanged: (user: User) => void;
}

export function HoursForm({ user, onChanged }: HoursFormProps) {
  const [week, setWeek] = useState(() => weekOf(user.working_hours));
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const isHere = useIsHere();
  const save = async () => {
    const wrong = problemOf(week);
    setProblem(wrong);
    if (wrong !== null) return;
    setBusy(true);
    try {
      onChanged(await updateMe({ working_hours: hoursOf(week) }));
      showToast({ message: settings.saved });
    } catch (error) {
      if (isHere()) setProblem(explain(error));
      else showRefusal(settings.notDone(explain(error)));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="grid gap-4"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <ul className="grid">
        {DAYS.map((day) => (
          <DayRow
            key={day}
            day={day}
            spans={week[day]}
            onChange={(spans) => {
              setProblem(null);
              setWeek({ ...week, [day]: spans });
            }}
          />
        ))}
      </ul>
      <FormError message={problem ?? undefined} />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" disabled={busy}>
          {settings.save}
        </Button>
        <Button
          look="plain"
          onClick={() => {
            setProblem(null);
            setWeek(USUAL_WEEK);
          }}
        >
          {settings.resetHours}
        </Button>
      </div>
    </form>
  );
}

interface DayRowProps {
  readonly day: Day;
  readonly spans: readonly Span[];
  readonly onChange: (spans: readonly Span[]) => void;
}

function DayRow({ day, spans, onChange }: DayRowProps) {
  const name = settings.days[day];
  return (
    <li className="grid grid-cols-[minmax(0,1fr)_44px] items-start gap-x-2 border-t border-line py-2 sm:grid-cols-[112px_minmax(0,1fr)_44px]">
      <span className="flex min-h-11 items-center max-sm:row-start-1">{name}</span>
      <div className="grid gap-2 max-sm:col-span-2 max-sm:row-start-2">
        {spans.length === 0 && (
          <span className="flex min-h-11 items-center text-muted">{settings.free}</span>
        )}
        {spans.map(([from, to], place) => {
          const change = (span: Span) => {
            onChange(spans.map((old, at) => (at === place ? span : old)));
          };
          return (
            <div key={place} className="flex items-center gap-2">
              <input
                type="time"
                aria-label={settings.from(name)}
                className="field tabular min-w-0 flex-1 px-2! sm:max-w-36"
                value={from}
                onChange={(event) => {
                  change([event.target.value, to]);
                }}
              />
              <span aria-hidden="true" className="text-muted">
                –
              </span>
              <input
                type="time"
                aria-label={settings.to(name)}
                className="field tabular min-w-0 flex-1 px-2! sm:max-w-36"
                value={to}
                onChange={(event) => {
                  change([from, event.target.value]);
                }}
              />
              <IconButton
                label={settings.removeHours(name, settings.span(from, to))}
                onClick={() => {
                  onChange(spans.filter((_, at) => at !== place));
                }}
              >
                <CloseIcon />
              </IconButton>
            </div>
          );
        })}
      </div>
      <IconButton
        label={settings.addHours(name)}
        className="max-sm:row-start-1 wide:mt-1"
        disabled={spans.length >= MOST_A_DAY}
        onClick={() => {
          onChange([...spans, nextSpan(spans)]);
        }}
      >
        <PlusIcon />
      </IconButton>
    </li>
  );
}
