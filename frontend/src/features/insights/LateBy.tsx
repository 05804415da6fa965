import { useCallback, useMemo, useState } from "react";

import type { Insights } from "@/shared/api/types";
import { insights as text } from "@/shared/text/insights";

import { bars as barsOf, namesAxis, placesScale, POINTING, valuesAxis } from "./axes";
import { middleBar } from "./figures";
import { number } from "./format";
import { Figures, Panel } from "./Panel";
import { type Drawing, Plot } from "./Plot";

type Histogram = Insights["lateness"];

/** How late the late ones were. */
export function LateBy({ bars }: { readonly bars: Histogram }) {
  const middle = middleBar(bars);
  return (
    <Panel
      question={text.lateness.question}
      answer={
        middle === null
          ? text.lateness.none
          : middle.until_s === null
            ? text.lateness.beyond(spanText(middle.from_s))
            : text.lateness.within(spanText(middle.until_s))
      }
      table={
        middle === null ? null : (
          <Figures
            caption={text.lateness.question}
            columns={[text.lateness.columns.late, text.lateness.columns.tasks]}
            rows={bars.map((bar) => [barText(bar), number(bar.tasks)])}
          />
        )
      }
    >
      {(onMissing) => <Bars bars={bars} onMissing={onMissing} />}
    </Panel>
  );
}

function spanText(seconds: number): string {
  return text.lateness.spans[seconds] ?? "";
}

function barText({ until_s }: Histogram[number]): string {
  return until_s === null ? text.lateness.longer : text.lateness.upTo(spanText(until_s));
}

/** For the axis, which has little room. */
function shortText({ until_s }: Histogram[number]): string {
  return until_s === null ? text.lateness.over : (text.lateness.short[until_s] ?? "");
}

interface BarsProps {
  readonly bars: Histogram;
  readonly onMissing: () => void;
}

function Bars({ bars, onMissing }: BarsProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const names = bars.map(shortText).join("|");
  const data = useMemo(
    () => [bars.map((_, place) => place), bars.map(({ tasks }) => tasks)] as [number[], number[]],
    [bars],
  );
  const draw = useCallback<Drawing>(
    (colours, library) => {
      const shown = names.split("|");
      return {
        cursor: POINTING,
        scales: {
          x: placesScale(shown.length),
          y: { range: (_, __, most) => [0, Math.max(most, 4)] },
        },
        axes: [
          namesAxis(colours, shown, 1),
          { ...valuesAxis(colours, number, 32), incrs: [1, 2, 5, 10, 20, 50, 100, 500, 1000] },
        ],
        series: [{}, barsOf(library, { fill: colours.accent, size: [0.62, 64] })],
      };
    },
    [names],
  );
  const bar = pointed === null ? undefined : bars[pointed];
  return (
    <div className="grid grid-cols-1 gap-2">
      <Plot draw={draw} data={data} height={220} onPoint={setPointed} onMissing={onMissing} />
      <p aria-hidden="true" className="min-h-[18px] text-meta">
        {bar && text.lateness.reading(barText(bar), bar.tasks)}
      </p>
    </div>
  );
}
