import type { Insights } from "@/shared/api/types";
import { insights as text } from "@/shared/text/insights";

import { worstHour } from "./figures";
import { hourText, number, weekday, weekOrder } from "./format";
import { Figures, Panel } from "./Panel";

type Matrix = Insights["missed_by_hour"];

const HOURS = Array.from({ length: 24 }, (_, hour) => hour);
/** From nothing to the most; each with a colour of the text that can be read on it. */
const LEVELS = ["heat-0", "heat-1", "heat-2", "heat-3", "heat-4"] as const;

/** The deadlines that were missed, by weekday and hour. */
export function Misses({ matrix }: { readonly matrix: Matrix }) {
  const worst = worstHour(matrix);
  const days = weekOrder();
  return (
    <Panel
      whole
      question={text.misses.question}
      answer={
        worst === null
          ? text.misses.none
          : worst.total === 1
            ? text.misses.one(weekday(worst.day, "long"), hourText(worst.hour))
            : text.misses.most(
                worst.total,
                worst.onDay,
                weekday(worst.day, "long"),
                hourText(worst.hour),
              )
      }
      table={
        worst ? (
          <Figures
            caption={text.misses.question}
            columns={[text.misses.columns.hour, ...days.map((day) => weekday(day, "short"))]}
            rows={HOURS.map((hour) => [
              hourText(hour),
              ...days.map((day) => number(matrix[day]?.[hour] ?? 0)),
            ])}
          />
        ) : null
      }
    >
      {() => <Heat matrix={matrix} days={days} />}
    </Panel>
  );
}

interface HeatProps {
  readonly matrix: Matrix;
  /** In the order of the reader's week. */
  readonly days: readonly number[];
}

function Heat({ matrix, days }: HeatProps) {
  const most = Math.max(...matrix.flat());
  return (
    <div aria-hidden="true" className="grid gap-3">
      <div className="tabular grid grid-cols-[auto_repeat(24,minmax(0,1fr))] gap-0.5 text-meta text-muted sm:gap-1">
        {days.map((day) => (
          <Row key={day} day={day} counts={matrix[day] ?? []} most={most} />
        ))}
        <span />
        {HOURS.filter((hour) => hour % 6 === 0).map((hour) => (
          <span key={hour} className="col-span-6 whitespace-nowrap">
            {hourText(hour)}
          </span>
        ))}
      </div>
      <p className="flex items-center justify-end gap-1 text-meta text-muted">
        <span className="mr-1">{text.misses.fewer}</span>
        {LEVELS.map((level) => (
          <span key={level} className={`size-3 rounded-[3px] ${level}`} />
        ))}
        <span className="ml-1">{text.misses.more}</span>
      </p>
    </div>
  );
}

interface RowProps {
  readonly day: number;
  readonly counts: readonly number[];
  readonly most: number;
}

function Row({ day, counts, most }: RowProps) {
  return (
    <>
      <span className="flex items-center pr-2">{weekday(day, "short")}</span>
      {counts.map((count, hour) => (
        <span
          key={hour}
          title={
            count > 0 ? text.misses.cell(weekday(day, "long"), hourText(hour), count) : undefined
          }
          className={`flex h-6 items-center justify-center rounded-[3px] text-[11px] wide:h-8 wide:rounded-[4px] ${levelOf(count, most)}`}
        >
          <span className="max-wide:hidden">{count > 0 && number(count)}</span>
        </span>
      ))}
    </>
  );
}

function levelOf(count: number, most: number): string {
  if (count === 0) return LEVELS[0];
  return LEVELS[Math.max(1, Math.ceil((count / most) * (LEVELS.length - 1)))] ?? LEVELS[0];
}
