import { Fragment, useCallback, useMemo, useState } from "react";

import { insights as text } from "@/shared/text/insights";
import { ChevronIcon } from "@/shared/ui/icons";

import { bars, namesAxis, placesScale, POINTING, valuesAxis } from "./axes";
import { isOver, type LoadDay } from "./figures";
import { dayText, number, SHORT_DAY, timeOrDay, WHOLE_DAY, work } from "./format";
import { Figures, Key, Panel } from "./Panel";
import { type Drawing, Plot } from "./Plot";
import { type Reschedule, Rows } from "./Rows";

interface LoadProps {
  readonly days: readonly LoadDay[];
  readonly zone: string;
  /** Has a row of its own. */
  readonly whole: boolean;
  readonly onReschedule: Reschedule;
}

/** What falls due on each day ahead, before the hours that it has; of those that are too full, their tasks. */
export function Load({ days, zone, whole, onReschedule }: LoadProps) {
  const tasks = days.reduce((sum, day) => sum + day.tasks.length, 0);
  const over = days.filter(isOver);
  const unestimated = days.reduce((sum, day) => sum + day.unestimated, 0);
  return (
    <Panel
      whole={whole}
      question={text.load.question}
      answer={answerOf(days)}
      more={[
        ...(over.length > 1 ? [text.load.overMore(over.length - 1)] : []),
        ...(unestimated > 0 && unestimated < tasks ? [text.load.unestimated(unestimated)] : []),
      ]}
      table={
        tasks === 0 ? null : (
          <Figures
            caption={text.load.question}
            columns={[
              text.load.columns.day,
              text.load.columns.tasks,
              text.load.columns.due,
              text.load.columns.capacity,
            ]}
            rows={days.map((day) => [
              dayText(day.day, WHOLE_DAY),
              number(day.tasks.length),
              work(day.dueMin),
              work(day.capacityMin),
            ])}
          />
        )
      }
      rows={
        over.length === 0 ? null : <FullDays days={over} zone={zone} onReschedule={onReschedule} />
      }
    >
      {(onMissing) => <Bars days={days} onMissing={onMissing} />}
    </Panel>
  );
}

type FullDaysProps = Pick<LoadProps, "days" | "zone" | "onReschedule">;

/** The days that are too full. Of several each can be opened; the first is, until somebody closes it. */
function FullDays({ days, zone, onReschedule }: FullDaysProps) {
  const [chosen, setChosen] = useState<ReadonlyMap<string, boolean>>(new Map());
  const alone = days.length === 1;
  return (
    <div className="grid min-w-0 grid-cols-1 content-start gap-1">
      {days.map((day, place) => {
        const name = dayText(day.day, WHOLE_DAY);
        const open = alone || (chosen.get(day.day) ?? place === 0);
        return (
          <Fragment key={day.day}>
            {!alone && (
              <button
                type="button"
                aria-expanded={open}
                className="-mx-2 flex min-h-11 items-center gap-2 rounded-card px-2 text-left text-meta text-muted hover:bg-hover hover:text-ink wide:min-h-9"
                onClick={() => {
                  setChosen(new Map(chosen).set(day.day, !open));
                }}
              >
                <ChevronIcon className={`size-4 ${open ? "" : "-rotate-90"}`} />
                {text.load.reading(name, work(day.dueMin), work(day.capacityMin))}
              </button>
            )}
            {open && (
              <Rows
                label={text.load.dueOn(name)}
                {...(alone ? {} : { heard: true as const })}
                tasks={day.tasks}
                when={(task) => timeOrDay(task, zone)}
                onReschedule={onReschedule}
              />
            )}
          </Fragment>
        );
      })}
    </div>
  );
}

function answerOf(days: readonly LoadDay[]): string {
  if (days.every(({ tasks }) => tasks.length === 0)) return text.load.nothing;
  if (days.every(({ dueMin }) => dueMin === 0)) return text.load.unknown;
  const first = days.find(isOver);
  if (!first) return text.load.fits;
  const day = dayText(first.day, WHOLE_DAY);
  return first.capacityMin === 0
    ? text.load.overNone(day, work(first.dueMin))
    : text.load.over(day, work(first.dueMin), work(first.capacityMin));
}

interface BarsProps {
  readonly days: readonly LoadDay[];
  readonly onMissing: () => void;
}

function Bars({ days, onMissing }: BarsProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const names = days.map(({ day }) => dayText(day, SHORT_DAY)).join("|");
  const data = useMemo(
    () =>
      [
        days.map((_, place) => place),
        days.map(({ capacityMin }) => capacityMin / 60),
        // Drawn first and whole; what fits is drawn over it.
        days.map(({ dueMin, capacityMin }) => (dueMin > capacityMin ? dueMin / 60 : null)),
        days.map(({ dueMin, capacityMin }) => Math.min(dueMin, capacityMin) / 60),
      ] as [number[], number[], (number | null)[], number[]],
    [days],
  );
  const draw = useCallback<Drawing>(
    (colours, library, narrow) => {
      const shown = names.split("|");
      return {
        cursor: POINTING,
        scales: {
          x: placesScale(shown.length),
          y: { range: (_, __, most) => [0, Math.max(most, 8)] },
        },
        axes: [
          namesAxis(colours, shown, narrow ? 4 : 2),
          valuesAxis(colours, (hours) => text.hours(number(hours))),
        ],
        series: [
          {},
          bars(library, { fill: colours.hover, stroke: colours.line, size: [0.82, 56] }),
          bars(library, { fill: colours.missed, size: [0.5, 36] }),
          bars(library, { fill: colours.accent, size: [0.5, 36] }),
        ],
      };
    },
    [names],
  );
  const day = pointed === null ? undefined : days[pointed];
  return (
    <div className="grid grid-cols-1 gap-2">
      <Plot draw={draw} data={data} height={220} onPoint={setPointed} onMissing={onMissing} />
      <p
        aria-hidden="true"
        className="flex min-h-[18px] flex-wrap gap-x-4 gap-y-1 text-meta text-muted"
      >
        {day ? (
          <span className="text-ink">
            {text.load.reading(
              dayText(day.day, WHOLE_DAY),
              work(day.dueMin),
              work(day.capacityMin),
            )}
          </span>
        ) : (
          <>
            <Key className="bg-accent" label={text.load.legend.due} />
            <Key className="bg-missed" label={text.load.legend.over} />
            <Key className="border border-line bg-hover" label={text.load.legend.capacity} />
          </>
        )}
      </p>
    </div>
  );
}
