import type { KeyboardEvent } from "react";

import type { Board } from "@/shared/store/board";
import { type Bucket, BUCKETS } from "@/shared/store/bucket";
import { text } from "@/shared/text";
import { CheckIcon, ClockIcon, MissedIcon } from "@/shared/ui/icons";

import { Count } from "./Count";

const ICONS = { upcoming: ClockIcon, missed: MissedIcon, completed: CheckIcon };

interface TabsProps {
  readonly board: Board;
  readonly chosen: Bucket;
  readonly onChoose: (bucket: Bucket) => void;
}

/** The phone's way between the buckets, under the thumb. */
export function Tabs({ board, chosen, onChoose }: TabsProps) {
  const turn = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const at = (BUCKETS.indexOf(chosen) + step + BUCKETS.length) % BUCKETS.length;
    const next = BUCKETS[at] ?? chosen;
    onChoose(next);
    event.currentTarget.querySelector<HTMLElement>(`[data-travel-to="${next}"]`)?.focus();
  };
  return (
    <div
      role="tablist"
      aria-label={text.buckets.label}
      className="grid grid-cols-3"
      onKeyDown={turn}
    >
      {BUCKETS.map((bucket) => {
        const Icon = ICONS[bucket];
        const count = board[bucket].length;
        const active = bucket === chosen;
        return (
          <button
            key={bucket}
            id={`tab-${bucket}`}
            type="button"
            role="tab"
            aria-selected={active}
            aria-controls="bucket"
            tabIndex={active ? 0 : -1}
            data-travel-to={bucket}
            className={`grid min-h-14 place-items-center content-center gap-0.5 text-meta outline-offset-[-4px] ${
              active ? "text-accent" : "text-muted"
            }`}
            onClick={() => {
              onChoose(bucket);
            }}
          >
            {/* Read "Missed 2", seen the other way up. */}
            <span className={`order-last ${active ? "font-semibold" : ""}`}>
              {text.buckets[bucket]}
            </span>
            <span className="flex items-center gap-1.5">
              <Icon className="size-5" />
              <span className={bucket === "missed" && count > 0 ? "text-missed" : ""}>
                <Count value={count} />
              </span>
            </span>
          </button>
        );
      })}
    </div>
  );
}
