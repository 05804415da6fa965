import { useEffect, useRef } from "react";

import { text } from "@/shared/text";
import { keys } from "@/shared/text/keys";
import { IconButton } from "@/shared/ui/Button";
import { CloseIcon } from "@/shared/ui/icons";

const KEYS: readonly (readonly [string, string])[] = [
  ["q", keys.add],
  ["⇧ Enter", keys.addAndOpen],
  ["j k", keys.move],
  ["Enter", keys.open],
  ["e", keys.complete],
  ["b", keys.breakDown],
  ["1 2 3", keys.columns],
  ["Esc", keys.close],
  ["?", keys.help],
];

interface KeyHelpProps {
  readonly onClose: () => void;
}

export default function KeyHelp({ onClose }: KeyHelpProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-label={keys.title}
      className="m-auto w-80 rounded-card border border-line-strong bg-card p-4 text-ink backdrop:bg-[rgb(0_0_0/0.4)]"
      onClose={onClose}
    >
      <div className="mb-2 flex items-center justify-between">
        <h2 className="font-semibold">{keys.title}</h2>
        <IconButton label={text.detail.close} onClick={onClose}>
          <CloseIcon />
        </IconButton>
      </div>
      <dl className="grid grid-cols-[4rem_1fr] gap-y-2">
        {KEYS.map(([key, what]) => (
          <div key={key} className="contents">
            <dt>
              <kbd className="font-sans text-accent">{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
