import { useCallback } from "react";

import type { Breakdown } from "@/shared/api/types";
import { useReading } from "@/shared/clock/react";
import { useToday } from "@/shared/clock/useToday";
import { SECOND_MS } from "@/shared/lib/durations";
import { breakdown as text } from "@/shared/text/breakdown";
import { Button } from "@/shared/ui/Button";
import { MissedIcon } from "@/shared/ui/icons";

import { useZone } from "../context";
import { whenText } from "../deadline/when";
import { Frame } from "./Frame";
import type { Desk } from "./useDesk";

interface FailedProps {
  readonly desk: Desk;
  readonly onAgain: () => void;
  readonly onChange: () => void;
}

/** There is no plan: why, and what to do about it. */
export function Failed({ desk, onAgain, onChange }: FailedProps) {
  return (
    <Frame
      desk={desk}
      actions={
        <>
          <Button look="plain" disabled={desk.busy} onClick={onChange}>
            {text.change}
          </Button>
          <Button look="main" disabled={desk.busy} onClick={onAgain}>
            {text.again}
          </Button>
        </>
      }
    >
      <div className="mt-5 grid gap-1">
        <h4 className="flex items-center gap-2 font-semibold">
          <MissedIcon className="size-4 text-missed" />
          {text.failedTitle}
        </h4>
        <Why draft={desk.draft} />
      </div>
    </Frame>
  );
}

/** What went wrong, in words, and when it may go right. */
export function Why({ draft }: { readonly draft: Breakdown }) {
  const zone = useZone();
  const today = useToday(zone);
  const { error } = draft;
  const wait = error?.retry_after_s ?? null;
  const at = wait === null ? null : Date.parse(draft.updated_at) + wait * SECOND_MS;
  const waits = useReading(
    useCallback(
      (now: number) =>
        at !== null && now < at ? { value: true, until: at } : { value: false, until: null },
      [at],
    ),
  );
  if (!error) return null;
  return (
    <p>
      {text.failed[error.code] ?? error.detail}
      {waits && at !== null && <> {text.retryAt(whenText(at, zone, today))}</>}
    </p>
  );
}
