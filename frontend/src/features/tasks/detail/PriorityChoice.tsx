import { useId } from "react";

import type { Priority } from "@/shared/api/types";
import { text } from "@/shared/text";

const ALL: readonly Priority[] = [1, 2, 3, 4];

interface PriorityChoiceProps {
  readonly value: number;
  readonly onChoose: (priority: Priority) => void;
}

export function PriorityChoice({ value, onChoose }: PriorityChoiceProps) {
  const name = useId();
  return (
    <fieldset>
      <legend className="mb-1 text-meta text-muted">{text.detail.priority}</legend>
      <div className="grid grid-cols-4 rounded-card border border-line-strong bg-card p-0.5">
        {ALL.map((priority) => (
          <label
            key={priority}
            className="flex min-h-11 cursor-pointer items-center justify-center rounded-[6px] text-meta has-checked:bg-hover has-checked:font-semibold has-focus-visible:outline-2 has-focus-visible:outline-accent wide:min-h-8"
          >
            <input
              type="radio"
              name={name}
              className="sr-only"
              checked={value === priority}
              onChange={() => {
                onChoose(priority);
              }}
            />
            {text.detail.priorities[priority]}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
