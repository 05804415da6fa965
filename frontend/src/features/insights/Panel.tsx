import { type ReactNode, useId, useRef, useState } from "react";

import { insights as text } from "@/shared/text/insights";
import { IconButton } from "@/shared/ui/Button";

import { ChartIcon, TableIcon } from "./icons";
import { useKeptFocus } from "./useKeptFocus";

interface PanelProps {
  readonly question: string;
  /** The answer, in words. */
  readonly answer: string;
  /** What there is to add to it. */
  readonly more?: readonly string[];
  /** The same as the chart, for who reads rather than looks; null where there is nothing to draw. */
  readonly table: ReactNode;
  /** The tasks that it is about, where something can be done about them; they stay beside the table, too. */
  readonly rows?: ReactNode;
  /** The chart needs all the width: the tasks stand under it, not beside it. */
  readonly broad?: boolean;
  /** Takes a row of its own; one that is alone in its row does anyway. */
  readonly whole?: boolean;
  /** Keeps its place among the others though it has nothing but words just now. */
  readonly stays?: boolean;
  /** The chart; `onMissing` shows the table in its place. */
  readonly children?: (onMissing: () => void) => ReactNode;
}

/**
 * A question, its answer in words, and the chart that shows it. The table behind it is always there.
 * A panel that has nothing but words stands after those that have more.
 */
export function Panel({
  question,
  answer,
  more = [],
  table,
  rows = null,
  broad = false,
  whole = false,
  stays = false,
  children,
}: PanelProps) {
  const id = useId();
  const panel = useRef<HTMLElement>(null);
  const keeping = useKeptFocus(panel);
  const [asTable, setAsTable] = useState(false);
  const [missing, setMissing] = useState(false);
  const shown = asTable || missing;
  const aside = table === null && rows === null && !stays;
  const beside = whole && !broad && table !== null && rows !== null;
  return (
    <section
      ref={panel}
      aria-labelledby={id}
      tabIndex={-1}
      className={`mb-4 grid scroll-my-20 min-w-0 grow basis-full grid-cols-1 content-start gap-4 rounded-card border border-line bg-card p-4 outline-offset-2 sm:p-6 ${aside ? "order-2" : ""} ${whole && !aside ? "" : "wide:basis-[calc(50%-8px)]"} ${beside ? "wide:grid-cols-2 wide:gap-x-8" : ""}`}
      {...keeping}
    >
      <div className="col-span-full flex items-start gap-2">
        <div className="grid min-w-0 flex-1 gap-1">
          <h2 id={id} className="text-meta text-muted">
            {question}
          </h2>
          <p className="text-title font-semibold text-pretty">{answer}</p>
          {more.filter(Boolean).map((line) => (
            <p key={line} className="text-meta text-muted">
              {line}
            </p>
          ))}
        </div>
        {table !== null && !missing && (
          <IconButton
            label={`${text.asTable}: ${question}`}
            title={asTable ? text.asChart : text.asTable}
            aria-pressed={asTable}
            className="-mt-2 -mr-2 shrink-0"
            onClick={() => {
              setAsTable(!asTable);
            }}
          >
            {asTable ? <ChartIcon /> : <TableIcon />}
          </IconButton>
        )}
      </div>
      {table !== null && (
        <div className="grid min-w-0 grid-cols-1 content-start gap-4">
          {missing && <p className="text-meta text-muted">{text.noChart}</p>}
          {!shown &&
            children?.(() => {
              setMissing(true);
            })}
          <div className={shown ? "overflow-x-auto" : "sr-only"}>{table}</div>
        </div>
      )}
      {rows}
    </section>
  );
}

/**
 * The panels, in rows of two where there is room; the last of an odd number is as wide as two. Those that
 * have only words begin a row of their own: beside a chart one would leave a hole.
 */
export function Panels({ children }: { readonly children: ReactNode }) {
  return (
    <div className="-mb-4 flex flex-wrap gap-x-4">
      {children}
      <div aria-hidden="true" className="order-1 basis-full" />
    </div>
  );
}

interface FiguresProps {
  readonly caption: string;
  readonly columns: readonly string[];
  /** The first of each is its name. */
  readonly rows: readonly (readonly string[])[];
}

/** A chart's numbers as a table. */
export function Figures({ caption, columns, rows }: FiguresProps) {
  return (
    <table className="tabular w-full border-collapse text-left text-meta">
      <caption className="sr-only">{caption}</caption>
      <thead>
        <tr>
          {columns.map((name, place) => (
            <th
              key={place}
              scope="col"
              className={`border-b border-line-strong py-2 font-semibold whitespace-nowrap ${place > 0 ? "pl-3 text-right" : "pr-3"}`}
            >
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(([name, ...values], row) => (
          <tr key={row}>
            <th scope="row" className="border-b border-line py-2 pr-3 font-normal">
              {name}
            </th>
            {values.map((value, place) => (
              <td
                key={place}
                className="border-b border-line py-2 pl-3 text-right whitespace-nowrap"
              >
                {value}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** What the chart's colours mean. */
export function Key({ className, label }: { readonly className: string; readonly label: string }) {
  return (
    <span className="inline-flex items-center gap-1.5">
      <span aria-hidden="true" className={`size-3 rounded-[3px] ${className}`} />
      {label}
    </span>
  );
}
