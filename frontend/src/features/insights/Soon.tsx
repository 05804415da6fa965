import type { Task } from "@/shared/api/types";
import { DAY_MS } from "@/shared/lib/durations";
import { ROOMY, useMedia } from "@/shared/lib/media";
import { dayOf, wallTime } from "@/shared/lib/zone";
import { insights as text } from "@/shared/text/insights";

import { hourMarks, SLOTS, slotsOf } from "./figures";
import { clockTime, dayText, hourText, SHORT_DAY, timeOrDay, work } from "./format";
import { Figures, Panel } from "./Panel";
import { type Reschedule, Rows } from "./Rows";

/** More dots than these do not stand above each other. */
const HIGHEST = 6;

interface SoonProps {
  readonly soon: readonly Task[];
  /** This minute. */
  readonly now: number;
  readonly zone: string;
}

interface SoonPanelProps extends SoonProps {
  readonly onReschedule: Reschedule;
}

/** The next 24 hours: a dot for each task, by half hours from now on. */
export function Soon({ soon, now, zone, onReschedule }: SoonPanelProps) {
  const [first] = soon;
  const when = (task: Task) => timeOrDay(task, zone);
  const answer = !first
    ? text.soon.none
    : soon.length === 1
      ? text.soon.one(byWhen(first, zone), first.title)
      : text.soon.many(soon.length, byWhen(first, zone), first.title);
  return (
    <Panel
      whole
      broad
      stays
      question={text.soon.question}
      answer={answer}
      table={
        first ? (
          <Figures
            caption={text.soon.question}
            columns={[text.soon.columns.title, text.soon.columns.time, text.soon.columns.estimate]}
            rows={soon.map((task) => [
              task.title,
              when(task),
              task.estimate_min === null ? text.numbers.none : work(task.estimate_min),
            ])}
          />
        ) : null
      }
      rows={
        first ? (
          <Rows
            label={text.soon.question}
            heard
            tasks={soon}
            when={when}
            onReschedule={onReschedule}
          />
        ) : null
      }
    >
      {() => <Line soon={soon} now={now} zone={zone} />}
    </Panel>
  );
}

/** A day ends at midnight, but nobody says that a thing is due then. */
function byWhen(task: Task, zone: string): string {
  return task.due_date === null
    ? text.soon.at(timeOrDay(task, zone))
    : text.soon.byEndOf(dayText(task.due_date, { weekday: "long" }));
}

function Line({ soon, now, zone }: SoonProps) {
  const roomy = useMedia(ROOMY);
  const slots = slotsOf(soon, now);
  const highest = Math.min(HIGHEST, Math.max(...slots.map(({ length }) => length)));
  // What of the line half a name takes up, and "now" before it.
  const [before, after] = roomy ? [1 / 16, 1 / 32] : [1 / 6, 1 / 12];
  const marks = hourMarks(now, zone, roomy ? 3 : 6);
  const today = dayOf(now, zone);
  return (
    <div aria-hidden="true" className="px-1 pt-1">
      <div className="relative border-b border-line-strong" style={{ height: highest * 14 + 12 }}>
        <span className="absolute -bottom-px left-0 h-full w-0.5 rounded-full bg-ink" />
        {marks.map((at) => (
          <span
            key={at}
            className={`absolute bottom-0 h-full border-l ${isMidnight(at, zone) ? "border-dashed border-line-strong" : "border-line"}`}
            style={{ left: place(at, now) }}
          />
        ))}
        {slots.map((tasks, slot) => (
          <Dots key={slot} slot={slot} tasks={tasks} zone={zone} />
        ))}
      </div>
      <div className="tabular relative mt-1 h-[18px] text-meta text-muted">
        <span className="absolute left-0 font-semibold text-ink">{text.soon.now}</span>
        {marks
          // The one beside "now" would stand on it, and the last one over the edge.
          .filter((at) => at - now > DAY_MS * before && at - now < DAY_MS * (1 - after))
          .map((at) => (
            <span
              key={at}
              className={`absolute -translate-x-1/2 whitespace-nowrap ${isMidnight(at, zone) ? "font-semibold text-ink" : ""}`}
              style={{ left: place(at, now) }}
            >
              {isMidnight(at, zone) && dayOf(at, zone) !== today
                ? dayText(dayOf(at, zone), SHORT_DAY)
                : hourText(hourOf(at, zone))}
            </span>
          ))}
      </div>
    </div>
  );
}

interface DotsProps {
  readonly slot: number;
  readonly tasks: readonly Task[];
  readonly zone: string;
}

function Dots({ slot, tasks, zone }: DotsProps) {
  const [first] = tasks;
  if (!first) return null;
  const hidden = tasks.length > HIGHEST ? tasks.length - HIGHEST + 1 : 0;
  return (
    <span
      title={text.soon.due(clockTime(Date.parse(first.deadline ?? ""), zone), tasks.length)}
      className="absolute bottom-1 flex flex-col-reverse items-center gap-0.5"
      style={{ left: `${((slot / SLOTS) * 100).toFixed(3)}%` }}
    >
      {tasks.slice(0, tasks.length - hidden).map((task) => (
        <span
          key={task.id}
          className={`size-3 rounded-full ${slot < 2 ? "bg-now" : "bg-accent"} ${task.priority > 2 ? "opacity-60" : ""}`}
        />
      ))}
      {hidden > 0 && <span className="text-[11px] leading-3 text-muted">+{hidden}</span>}
    </span>
  );
}

function place(at: number, now: number): string {
  return `${(((at - now) / DAY_MS) * 100).toFixed(3)}%`;
}

function isMidnight(at: number, zone: string): boolean {
  return hourOf(at, zone) === 0;
}

function hourOf(at: number, zone: string): number {
  return wallTime(at, zone).hour;
}
