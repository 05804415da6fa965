import { text } from "@/shared/text";

import { Button } from "./Button";
import { useModal } from "./useModal";

interface ConfirmProps {
  readonly question: string;
  /** What the button says that goes on. */
  readonly yes: string;
  readonly onYes: () => void;
  readonly onClose: () => void;
}

/** The step before what cannot be undone. The way back has the focus. */
export function Confirm({ question, yes, onYes, onClose }: ConfirmProps) {
  const dialog = useModal();
  return (
    <dialog
      ref={dialog}
      aria-label={question}
      className="m-auto w-96 max-w-[calc(100vw-32px)] rounded-card border border-line-strong bg-card p-5 text-ink backdrop:bg-[rgb(0_0_0/0.4)]"
      onClose={onClose}
    >
      <p className="mb-5">{question}</p>
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{text.confirm.no}</Button>
        <Button
          look="danger"
          onClick={() => {
            onClose();
            onYes();
          }}
        >
          {yes}
        </Button>
      </div>
    </dialog>
  );
}
