import { useRef, useState } from "react";

import type { NewStep } from "@/shared/api/types";
import { breakdown as text } from "@/shared/text/breakdown";
import { Button } from "@/shared/ui/Button";
import { PlusIcon } from "@/shared/ui/icons";

import { readMinutes, work } from "./minutes";

const USUAL_MIN = 30;
const TITLE_LIMIT = 200;

interface AddStepProps {
  readonly busy: boolean;
  /** Whether it was added. */
  readonly onAdd: (step: NewStep) => Promise<boolean>;
}

/** A line for a step of one's own. */
export function AddStep({ busy, onAdd }: AddStepProps) {
  const [title, setTitle] = useState("");
  const [estimate, setEstimate] = useState(work(USUAL_MIN));
  const input = useRef<HTMLInputElement>(null);
  const minutes = readMinutes(estimate);
  return (
    <form
      aria-label={text.addStep}
      className="flex flex-wrap items-center gap-2 py-2"
      onSubmit={(event) => {
        event.preventDefault();
        const entered = title.trim();
        if (entered === "" || minutes === null || busy) return;
        void onAdd({ title: entered, estimate_min: minutes }).then((added) => {
          if (!added) return;
          setTitle("");
          input.current?.focus();
        });
      }}
    >
      <PlusIcon className="size-4 text-muted" />
      <input
        ref={input}
        aria-label={text.newStep}
        placeholder={text.addStep}
        autoComplete="off"
        maxLength={TITLE_LIMIT}
        className="min-h-11 min-w-0 flex-1 rounded-card bg-transparent px-1"
        value={title}
        onChange={(event) => {
          setTitle(event.target.value);
        }}
      />
      {title.trim() !== "" && (
        <>
          <input
            aria-label={text.newEstimate}
            aria-invalid={minutes === null || undefined}
            autoComplete="off"
            className="field tabular w-28! py-1! text-meta"
            value={estimate}
            onChange={(event) => {
              setEstimate(event.target.value);
            }}
          />
          <Button type="submit" small disabled={busy || minutes === null}>
            {text.add}
          </Button>
        </>
      )}
    </form>
  );
}
