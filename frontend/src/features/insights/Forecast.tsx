import { useState } from "react";

import type { Insights, Task } from "@/shared/api/types";
import type { Board } from "@/shared/store/board";
import { insights as text } from "@/shared/text/insights";

import { dayOfDeadline, leftOver } from "./figures";
import { dayText, number, SHORT_DAY, timeOrDay, WHOLE_DAY, work } from "./format";
import { Figures, Key, Panel } from "./Panel";
import { type Reschedule, Rows } from "./Rows";

type Known = NonNullable<Insights["forecast"]>;

/** Beyond this a square stands for several tasks. */
const MOST_SQUARES = 120;

interface ForecastProps {
  readonly forecast: Insights["forecast"];
  readonly board: Board;
  readonly zone: string;
  /** How often the server has counted. */
  readonly answers: number;
  /** Has a row of its own. */
  readonly whole: boolean;
  readonly onReschedule: Reschedule;
}

type LeftOverOf = Pick<ForecastProps, "forecast" | "answers" | "board" | "zone">;

/** What of the days ahead will be missed at the usual pace, how sure that is, and which tasks these are. */
export function Forecast(props: ForecastProps) {
  const { forecast, zone, whole, onReschedule } = props;
  const left = useLeftOver(props);
  return (
    <Panel
      whole={whole}
      question={text.forecast.question}
      answer={answerOf(forecast)}
      more={forecast ? wordsOf(forecast) : []}
      table={
        forecast && forecast.due > 0 ? (
          <Figures
            caption={text.forecast.question}
            columns={[
              text.forecast.columns.what,
              text.forecast.columns.missed,
              text.forecast.columns.of,
            ]}
            rows={[
              [text.forecast.rows.slow, number(forecast.missed_high), number(forecast.due)],
              [text.forecast.rows.usual, number(forecast.missed), number(forecast.due)],
              [text.forecast.rows.fast, number(forecast.missed_low), number(forecast.due)],
            ]}
          />
        ) : null
      }
      rows={
        forecast?.first_day && left.length > 0 ? (
          <Rows
            label={text.forecast.left(dayText(forecast.first_day, WHOLE_DAY))}
            tasks={left}
            when={(task) => {
              const day = dayOfDeadline(task, zone);
              return day === forecast.first_day ? timeOrDay(task, zone) : dayText(day, SHORT_DAY);
            }}
            onReschedule={onReschedule}
          />
        ) : null
      }
    >
      {() => forecast && <Squares forecast={forecast} />}
    </Panel>
  );
}

/**
 * Which tasks are left over, of those that were when the server last counted: what is put off leaves them at once, and
 * no other takes its place until it has counted again. What it finds the same is looked at anew too, for this page may
 * have learnt of a task since.
 */
function useLeftOver({ forecast, answers, board, zone }: LeftOverOf): readonly Task[] {
  const ids = () => new Set(leftOver(board, forecast, zone).map(({ id }) => id));
  const [made, setMade] = useState(() => ({ answers, ids: ids() }));
  if (made.answers !== answers) setMade({ answers, ids: ids() });
  const until = forecast?.first_day;
  if (!until) return [];
  return board.upcoming.filter(
    (task) => made.ids.has(task.id) && task.deadline !== null && dayOfDeadline(task, zone) <= until,
  );
}

function answerOf(forecast: Known | null): string {
  if (forecast === null) return text.forecast.unknown;
  const { due, missed, first_day } = forecast;
  if (due === 0) return text.forecast.nothing;
  return missed === 0 || first_day === null
    ? text.forecast.none(due)
    : text.forecast.some(missed, due, dayText(first_day, WHOLE_DAY));
}

function wordsOf(forecast: Known): readonly string[] {
  const { unit, pace, days, due, missed_low, missed_high, confidence } = forecast;
  const amount = unit === "minutes" ? work(pace) : text.forecast.tasks(number(pace));
  const sure = [text.forecast.confidence[confidence], text.forecast.range(missed_low, missed_high)];
  return [...(due > 0 ? [sure.filter(Boolean).join(" ")] : []), text.forecast.pace(amount, days)];
}

/** A square for each task: those in time first, then those that only fast days save, then the missed. */
function Squares({ forecast }: { readonly forecast: Known }) {
  const { due, missed, missed_low } = forecast;
  const each = Math.ceil(due / MOST_SQUARES);
  const kinds = [
    { name: text.forecast.legend.kept, count: due - missed, look: "bg-accent" },
    {
      name: text.forecast.legend.maybe,
      count: missed - missed_low,
      look: "hatched border border-line-strong",
    },
    {
      name: text.forecast.legend.missed,
      count: missed_low,
      look: "border border-missed bg-missed-wash",
    },
  ].filter(({ count }) => count > 0);
  return (
    <div aria-hidden="true" className="grid gap-3">
      <div className="flex flex-wrap gap-1">
        {kinds.flatMap(({ name, count, look }) =>
          Array.from({ length: Math.max(1, Math.round(count / each)) }, (_, place) => (
            <span key={`${name} ${place}`} className={`size-5 rounded-[4px] ${look}`} />
          )),
        )}
      </div>
      <p className="flex flex-wrap gap-x-4 gap-y-1 text-meta text-muted">
        {kinds.map(({ name, look }) => (
          <Key key={name} className={look} label={name} />
        ))}
      </p>
    </div>
  );
}
