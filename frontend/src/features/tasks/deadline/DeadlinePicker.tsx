import type { RefObject } from "react";

import { part } from "@/shared/ui/part";
import { Unopened } from "@/shared/ui/Unloaded";

import type { Deadline, Preset } from "./deadline";

const dialog = part(() => import("./DeadlineDialog"));

/** Fetches the dialog's code ahead of the click that needs it. */
export const preloadPicker = dialog.preload;

export interface DeadlinePickerProps {
  readonly open: boolean;
  readonly onClose: () => void;
  readonly anchor: RefObject<HTMLElement | null>;
  /** Where the focus goes afterwards, if not back to the anchor. */
  readonly returnTo?: RefObject<HTMLElement | null>;
  /** Which of its edges stands at the same edge of the anchor. */
  readonly align?: "start" | "end";
  readonly value: Deadline;
  readonly presets: readonly Preset[];
  readonly onPick: (choice: Preset) => void;
}

/** A small dialog beside its anchor in which a deadline is chosen. */
export function DeadlinePicker(props: DeadlinePickerProps) {
  return props.open ? (
    <dialog.Part of={props} failed={() => <Unopened onClose={props.onClose} />} />
  ) : null;
}
