import { type Bucket, BUCKETS } from "@/shared/store/bucket";
import { text } from "@/shared/text";

import type { Preset } from "../deadline/deadline";
import { useBoardInView } from "../view/useBoardInView";
import { Column } from "./Column";
import { Count } from "./Count";
import { useView } from "./hands";
import { NowLine } from "./NowLine";
import { Travel } from "./Travel";

interface ColumnsProps {
  /** Wants a new task due by it. */
  readonly onBegin: (preset: Preset) => void;
}

/** The wide board: all three buckets beside each other, under the now line. */
export function Columns({ onBegin }: ColumnsProps) {
  const board = useBoardInView();
  return (
    <Travel board={board}>
      <div className="sticky top-[57px] z-20 bg-paper pt-2">
        <NowLine />
        <div className="grid grid-cols-3 gap-5 py-3">
          {BUCKETS.map((bucket) => (
            <Heading key={bucket} bucket={bucket} count={board[bucket].length} />
          ))}
        </div>
      </div>
      <div className="grid grid-cols-3 items-start gap-5">
        {BUCKETS.map((bucket) => (
          <section
            key={bucket}
            aria-labelledby={`bucket-${bucket}`}
            data-column={bucket}
            data-drop={bucket === "completed" ? "completed" : undefined}
            className="min-h-40 min-w-0 rounded-card"
          >
            <Column bucket={bucket} tasks={board[bucket]} onBegin={onBegin} />
          </section>
        ))}
      </div>
    </Travel>
  );
}

function Heading({ bucket, count }: { readonly bucket: Bucket; readonly count: number }) {
  // Another view has other tasks: none of them has come.
  const view = JSON.stringify(useView());
  return (
    <h2
      id={`bucket-${bucket}`}
      aria-label={text.buckets.count(text.buckets[bucket], count)}
      className="flex items-baseline gap-2 font-semibold"
    >
      <span>{text.buckets[bucket]}</span>
      <span className={count > 0 && bucket === "missed" ? "text-missed" : "text-muted"}>
        <Count key={view} value={count} />
      </span>
    </h2>
  );
}
