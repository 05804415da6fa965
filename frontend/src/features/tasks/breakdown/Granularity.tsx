import { useId } from "react";

import { breakdown as text } from "@/shared/text/breakdown";

const FINEST = 5;

interface GranularityProps {
  readonly value: number;
  readonly onChoose: (value: number) => void;
}

/** How fine the steps are to be, with a plain word for each degree. */
export function Granularity({ value, onChoose }: GranularityProps) {
  const id = useId();
  const word = text.grains[value] ?? "";
  return (
    <div className="grid gap-1">
      <div className="flex items-baseline justify-between gap-3">
        <label htmlFor={id} className="text-meta text-muted">
          {text.granularity}
        </label>
        <output htmlFor={id} className="text-meta font-semibold">
          {word}
        </output>
      </div>
      <input
        id={id}
        type="range"
        min={1}
        max={FINEST}
        step={1}
        value={value}
        aria-valuetext={word}
        className="slider"
        onChange={(event) => {
          onChoose(Number(event.target.value));
        }}
      />
    </div>
  );
}
