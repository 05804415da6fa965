import type { Bucket } from "@/shared/store/bucket";
import { text } from "@/shared/text";

import type { Preset } from "../deadline/deadline";
import { useBoardInView } from "../view/useBoardInView";
import { Column } from "./Column";
import { NowLine } from "./NowLine";
import { Travel } from "./Travel";

interface PhoneColumnProps {
  readonly bucket: Bucket;
  /** Wants a new task due by it. */
  readonly onBegin: (preset: Preset) => void;
}

/** A phone's board: one bucket at a time, under the now line. */
export function PhoneColumn({ bucket, onBegin }: PhoneColumnProps) {
  const board = useBoardInView();
  return (
    <>
      <NowLine />
      <section aria-labelledby={`bucket-${bucket}`} data-column={bucket}>
        <h2 id={`bucket-${bucket}`} className="sr-only">
          {text.buckets.count(text.buckets[bucket], board[bucket].length)}
        </h2>
        <Travel board={board}>
          <Column key={bucket} bucket={bucket} tasks={board[bucket]} onBegin={onBegin} />
        </Travel>
      </section>
    </>
  );
}
