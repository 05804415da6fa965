import type { Board } from "@/shared/store/board";
import { type Bucket, BUCKETS } from "@/shared/store/bucket";
import { text } from "@/shared/text";

import type { Preset } from "../deadline/deadline";
import { Column } from "./Column";
import { Count } from "./Count";
import { Empty } from "./Empty";
import { NowLine } from "./NowLine";

interface ColumnsProps {
  readonly board: Board;
  /** Wants a new task due by it. */
  readonly onBegin: (preset: Preset) => void;
}

/** The wide board: all three buckets beside each other, under the now line. */
export function Columns({ board, onBegin }: ColumnsProps) {
  return (
    <div>
      <div className="sticky top-[57px] z-20 bg-paper pt-2">
        <NowLine />
        <div className="grid grid-cols-3 gap-6 py-3">
          {BUCKETS.map((bucket) => (
            <Heading key={bucket} bucket={bucket} count={board[bucket].length} />
          ))}
        </div>
      </div>
      <div className="grid grid-cols-3 items-start gap-6">
        {BUCKETS.map((bucket) => (
          <section key={bucket} aria-labelledby={`bucket-${bucket}`} data-column={bucket}>
            <Column
              bucket={bucket}
              tasks={board[bucket]}
              empty={<Empty bucket={bucket} onBegin={onBegin} />}
            />
          </section>
        ))}
      </div>
    </div>
  );
}

function Heading({ bucket, count }: { readonly bucket: Bucket; readonly count: number }) {
  return (
    <h2
      id={`bucket-${bucket}`}
      aria-label={text.buckets.count(text.buckets[bucket], count)}
      className="flex items-baseline gap-2 font-semibold"
    >
      <span>{text.buckets[bucket]}</span>
      <span className={count > 0 && bucket === "missed" ? "text-missed" : "text-muted"}>
        <Count value={count} />
      </span>
    </h2>
  );
}
