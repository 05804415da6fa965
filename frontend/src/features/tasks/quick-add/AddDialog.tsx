import { useEffect, useRef, useState } from "react";

import { quickAdd } from "@/shared/text/quickAdd";
import { text } from "@/shared/text";
import { showToast } from "@/shared/ui/toasts";
import { useModal } from "@/shared/ui/useModal";

import { useWorkspace } from "../context";
import { noDeadline } from "../deadline/deadline";
import { QuickAdd } from "./QuickAdd";

interface AddDialogProps {
  readonly onClose: () => void;
  /** Opens a task. */
  readonly onOpen: (id: string) => void;
}

/** The line for a new task where the page has none in reach. It closes by what is added, or by Esc. */
export default function AddDialog({ onClose, onOpen }: AddDialogProps) {
  const { subject } = useWorkspace();
  const dialog = useModal();
  const line = useRef<HTMLInputElement>(null);
  const [choice, setChoice] = useState(noDeadline);
  useEffect(() => {
    line.current?.focus();
  }, []);
  // What is to be broken down is the planner's.
  useEffect(() => subject.subscribe(onClose), [onClose, subject]);
  return (
    <dialog
      ref={dialog}
      aria-label={text.quickAdd.label}
      className="appear mx-auto mt-[12vh] mb-0 w-[640px] max-w-[calc(100vw-24px)] overflow-visible rounded-card bg-transparent text-ink backdrop:bg-[rgb(0_0_0/0.4)]"
      onClose={onClose}
      onKeyDown={(event) => {
        // The palette would take the place of this dialog, and what is typed here would be lost.
        if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
        event.preventDefault();
        event.stopPropagation();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) onClose();
      }}
    >
      <QuickAdd
        inputRef={line}
        choice={choice}
        onChoose={setChoice}
        onAdded={(id, title, opened) => {
          onClose();
          if (opened) return;
          showToast({
            message: quickAdd.added(title),
            action: {
              label: quickAdd.open,
              run: () => {
                onOpen(id);
              },
            },
          });
        }}
      />
    </dialog>
  );
}
