import { insights as text } from "@/shared/text/insights";

import { number, percent } from "./format";
import type { Numbers as Counted } from "./figures";

interface NumbersProps {
  readonly counted: Counted;
  /** The last weeks' rate; null where there is none. */
  readonly onTime: number | null;
}

/** The numbers first, large. All but the rate are the replica's own and move at once. */
export function Numbers({ counted, onTime }: NumbersProps) {
  const { soon, missed, upcoming, doneToday } = counted;
  return (
    <dl
      aria-label={text.numbers.label}
      className="grid grid-cols-2 gap-x-4 gap-y-6 border-y border-line py-6 sm:grid-cols-3 wide:grid-cols-5"
    >
      <Figure
        name={text.numbers.soon}
        value={number(soon.length)}
        colour={soon.length > 0 ? "text-accent" : ""}
      />
      <Figure
        name={text.numbers.missed}
        value={number(missed.length)}
        colour={missed.length > 0 ? "text-missed" : ""}
      />
      <Figure name={text.numbers.upcoming} value={number(upcoming)} />
      <Figure
        name={text.numbers.done}
        value={number(doneToday)}
        colour={doneToday > 0 ? "text-done" : ""}
      />
      <Figure
        name={text.numbers.onTime}
        value={onTime === null ? text.numbers.none : percent(onTime)}
      />
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly value: string;
  readonly colour?: string;
}

function Figure({ name, value, colour = "" }: FigureProps) {
  return (
    <div className="flex flex-col-reverse gap-1">
      <dt className="text-meta text-muted">{name}</dt>
      <dd className={`tabular text-display leading-none font-semibold ${colour}`}>{value}</dd>
    </div>
  );
}
