import { useCallback, useMemo, useState } from "react";

import type { Insights } from "@/shared/api/types";
import { insights as text } from "@/shared/text/insights";

import { namesAxis, placesScale, POINTING, valuesAxis } from "./axes";
import { rates } from "./figures";
import { DATE, dayText, number, percent } from "./format";
import { Figures, Panel } from "./Panel";
import { type Drawing, Plot } from "./Plot";

type Weeks = Insights["weeks"];

/** The share of deadlines that were kept, week by week. */
export function OnTime({ weeks }: { readonly weeks: Weeks }) {
  const settled = weeks.some((week) => week.settled > 0);
  return (
    <Panel
      question={text.onTime.question}
      answer={answerOf(weeks)}
      table={
        settled ? (
          <Figures
            caption={text.onTime.question}
            columns={[
              text.onTime.columns.week,
              text.onTime.columns.settled,
              text.onTime.columns.onTime,
              text.onTime.columns.rate,
            ]}
            rows={weeks.map((week) => [
              dayText(week.starts_on, DATE),
              number(week.settled),
              number(week.on_time),
              week.settled === 0 ? text.numbers.none : percent(week.on_time / week.settled),
            ])}
          />
        ) : null
      }
    >
      {(onMissing) => <Curve weeks={weeks} onMissing={onMissing} />}
    </Panel>
  );
}

function answerOf(weeks: Weeks): string {
  const { lately, before } = rates(weeks);
  if (lately === null) return text.onTime.none;
  const rate = percent(lately);
  if (before === null) return text.onTime.alone(rate);
  // By what is read, not by what is behind the comma.
  if (percent(before) === rate) return text.onTime.same(rate);
  return lately > before
    ? text.onTime.better(rate, percent(before))
    : text.onTime.worse(rate, percent(before));
}

interface CurveProps {
  readonly weeks: Weeks;
  readonly onMissing: () => void;
}

function Curve({ weeks, onMissing }: CurveProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const names = weeks.map(({ starts_on }) => dayText(starts_on, DATE)).join("|");
  const data = useMemo(
    () =>
      [
        weeks.map((_, place) => place),
        weeks.map(({ settled, on_time }) => (settled === 0 ? null : on_time / settled)),
      ] as [number[], (number | null)[]],
    [weeks],
  );
  const draw = useCallback<Drawing>(
    (colours, _, narrow) => {
      const shown = names.split("|");
      return {
        cursor: POINTING,
        scales: { x: placesScale(shown.length), y: { range: () => [0, 1.04] } },
        axes: [
          namesAxis(colours, shown, narrow ? 4 : 2),
          { ...valuesAxis(colours, percent, 48), splits: () => [0, 0.25, 0.5, 0.75, 1] },
        ],
        series: [
          {},
          {
            stroke: colours.accent,
            width: 2,
            spanGaps: true,
            points: { show: true, size: 7, fill: colours.accent, stroke: colours.accent },
          },
        ],
      };
    },
    [names],
  );
  const week = pointed === null ? undefined : weeks[pointed];
  return (
    <div className="grid grid-cols-1 gap-2">
      <Plot draw={draw} data={data} height={220} onPoint={setPointed} onMissing={onMissing} />
      <p aria-hidden="true" className="min-h-[18px] text-meta">
        {week && text.onTime.reading(dayText(week.starts_on, DATE), week.on_time, week.settled)}
      </p>
    </div>
  );
}
