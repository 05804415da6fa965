import { useCallback } from "react";

import type { Breakdown } from "@/shared/api/types";
import { useClock, useReading } from "@/shared/clock/react";
import { useToday } from "@/shared/clock/useToday";
import { ROOMY, useMedia } from "@/shared/lib/media";
import { MINUTE_MS } from "@/shared/lib/durations";
import { breakdown as text } from "@/shared/text/breakdown";

import { useZone } from "../context";
import { dayName, whenText } from "../deadline/when";
import { dueWords } from "./due";
import { totalOf, work } from "./minutes";
import { type Calendar, type DayStretch, type Strip as Shape, stripOf } from "./layout";

/** Narrower than this part of the strip a number does not fit. */
const ROOM_FOR_NUMBER = 0.035;
/** Labels that have room beside each other. */
const MOST_LABELS = { wide: 6, narrow: 3 };
/** Further right a label would hang over the edge: it ends there instead. */
const LAST_LABEL = { wide: 0.88, narrow: 0.7 };

interface StripProps {
  readonly draft: Breakdown;
  readonly calendar: Calendar;
}

/** The steps on the way to the deadline, around what is taken; what does not fit hangs over its edge. */
export function Strip({ draft, calendar }: StripProps) {
  const clock = useClock();
  const zone = useZone();
  // Drawn again as now moves on.
  useReading(useCallback((now: number) => ({ value: minute(now), until: nextMinute(now) }), []));
  const strip = stripOf(draft, calendar, clock.now(), zone);
  const words = useWords(draft, strip, calendar);
  if (draft.steps.length === 0) return <div className="mt-5 h-10 rounded-card bg-hover" />;
  return (
    <figure role="img" aria-label={words} className="mt-5">
      <div className="relative h-10">
        <div
          className="absolute inset-y-0 left-0 overflow-hidden rounded-card bg-hover"
          style={{ width: percent(strip.days.length > 0 ? 1 : (strip.deadline ?? 1)) }}
        >
          {strip.days.map((day) => (
            <span
              key={day.day}
              className={`absolute inset-y-0 ${day.free ? "bg-paper" : "border-l border-line first:border-l-0"}`}
              style={place(day)}
            />
          ))}
          {strip.taken.map((stretch) => (
            <span
              key={stretch.from}
              className="hatched absolute inset-y-0"
              style={place(stretch)}
            />
          ))}
        </div>
        <div className="absolute inset-0 overflow-hidden rounded-card">
          {strip.steps.map(({ step, number, late, ...stretch }) => (
            <span
              key={step.key}
              title={step.title}
              className={`absolute inset-y-1.5 flex min-w-1 items-center justify-center overflow-hidden rounded-[4px] border-r-2 text-[11px] font-semibold whitespace-nowrap transition-[left,width] duration-200 ${
                late
                  ? "border border-missed bg-missed-wash text-missed"
                  : "border-paper bg-accent text-on-accent"
              } ${step.optional ? "opacity-60" : ""}`}
              style={place(stretch)}
            >
              {stretch.to - stretch.from > ROOM_FOR_NUMBER && number}
            </span>
          ))}
        </div>
        {strip.now !== null && <Line at={strip.now} className="bg-ink" />}
        {strip.deadline !== null && <Line at={strip.deadline} className="bg-missed" />}
      </div>
      <Labels draft={draft} strip={strip} />
      {strip.taken.length > 0 && (
        <p className="flex items-center gap-2 pt-1 text-meta text-muted">
          <span className="hatched size-3.5 shrink-0 rounded-[3px] bg-hover" />
          {text.taken(work(takenMinutes(calendar)))}
        </p>
      )}
    </figure>
  );
}

function Line({ at, className }: { readonly at: number; readonly className: string }) {
  return (
    <span
      className={`absolute -inset-y-1 w-0.5 -translate-x-1/2 rounded-full ${className}`}
      style={{ left: percent(at) }}
    />
  );
}

/** Under the strip: its days, or by how much the steps hang over the deadline. */
function Labels({ draft, strip }: { readonly draft: Breakdown; readonly strip: Shape }) {
  const zone = useZone();
  const today = useToday(zone);
  const roomy = useMedia(ROOMY);
  const days = strip.days.filter(({ free }) => !free);
  const size = roomy ? "wide" : "narrow";
  const every = Math.ceil(days.length / MOST_LABELS[size]);
  // Nothing to name, and no calendar that is yet to come.
  if (days.length === 0 && !draft.misfit && draft.status === "ready") return null;
  return (
    <div className="relative mt-1.5 h-[18px] text-meta text-muted">
      {days
        .filter((_, index) => index % every === 0)
        .map((day) => (
          <DayLabel key={day.day} day={day} today={today} last={day.from > LAST_LABEL[size]} />
        ))}
      {draft.misfit && strip.deadline !== null && (
        <span
          className="absolute text-missed"
          style={
            strip.deadline > 0.5
              ? { right: percent(1 - strip.deadline) }
              : { left: percent(strip.deadline) }
          }
        >
          {text.over(work(draft.misfit.missing_min))}
        </span>
      )}
    </div>
  );
}

interface DayLabelProps {
  readonly day: DayStretch;
  readonly today: string;
  /** It ends with the strip, rather than beginning with its day. */
  readonly last: boolean;
}

function DayLabel({ day, today, last }: DayLabelProps) {
  return (
    <span
      className={`tabular absolute truncate whitespace-nowrap ${day.day === today ? "font-semibold text-ink" : ""}`}
      style={last ? { right: 0 } : { left: percent(day.from) }}
    >
      {dayName(day.day, today)}
    </span>
  );
}

/** The same in words. */
function useWords(draft: Breakdown, strip: Shape, calendar: Calendar): string {
  const zone = useZone();
  const today = useToday(zone);
  const say = (at: string | null) => (at ? whenText(Date.parse(at), zone, today) : "");
  const { steps, misfit, deadline } = draft;
  const all = work(totalOf(steps));
  const due = dueWords(deadline, zone, today);
  if (misfit) return text.stripMisfit(steps.length, all, work(misfit.missing_min), due);
  if (strip.days.length === 0) return text.stripLengths(steps.length, all);
  const last = steps.reduce(
    (end, step) => ((step.deadline ?? "") > end ? (step.deadline ?? "") : end),
    "",
  );
  const first = steps.reduce(
    (at, step) => ((step.starts_at ?? at) < at ? (step.starts_at ?? at) : at),
    "9",
  );
  const words = text.stripCalendar(steps.length, all, say(first), say(last), due);
  return strip.taken.length === 0 ? words : `${words} ${text.taken(work(takenMinutes(calendar)))}.`;
}

function takenMinutes({ taken }: Calendar): number {
  const ms = taken.reduce(
    (sum, { starts_at, ends_at }) => sum + Date.parse(ends_at) - Date.parse(starts_at),
    0,
  );
  return Math.round(ms / MINUTE_MS);
}

function place({ from, to }: { readonly from: number; readonly to: number }) {
  return { left: percent(from), width: percent(Math.max(0, to - from)) };
}

function percent(part: number): string {
  return `${(part * 100).toFixed(3)}%`;
}

function minute(now: number): number {
  return Math.floor(now / MINUTE_MS);
}

function nextMinute(now: number): number {
  return (minute(now) + 1) * MINUTE_MS;
}
