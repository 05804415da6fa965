import { useCallback, useEffect, useRef, useState } from "react";

import { useObservable } from "@/shared/lib/observable";
import { text } from "@/shared/text";

import { Button, IconButton } from "./Button";
import { CloseIcon } from "./icons";
import { dismissToast, type Toast, toasts, waits } from "./toasts";

const SHOWN_MS = 6_000;

export function Toaster() {
  const list = useObservable(toasts);
  const [held, setHeld] = useState(false);
  // One that leaves takes the focus with it, and no blur would tell.
  const release = useCallback(() => {
    setHeld(false);
  }, []);
  return (
    <section
      aria-label={text.toasts.label}
      aria-live="polite"
      className="pointer-events-none fixed inset-x-0 bottom-(--toasts) z-50 flex flex-col items-center gap-2 px-4"
      onPointerEnter={() => {
        setHeld(true);
      }}
      onPointerLeave={() => {
        setHeld(false);
      }}
      onFocus={() => {
        setHeld(true);
      }}
      onBlur={() => {
        setHeld(false);
      }}
    >
      {list.map((toast) => (
        <ToastCard key={toast.id} toast={toast} held={held} onGone={release} />
      ))}
    </section>
  );
}

interface ToastCardProps {
  readonly toast: Toast;
  readonly held: boolean;
  readonly onGone: () => void;
}

/** Leaves by itself, but never while a pointer or the focus rests on it. */
function ToastCard({ toast, held, onGone }: ToastCardProps) {
  const left = useRef(SHOWN_MS);
  const stays = waits(toast);
  useEffect(() => {
    if (held || stays) return;
    const since = Date.now();
    const timer = setTimeout(() => {
      dismissToast(toast.id);
    }, left.current);
    return () => {
      clearTimeout(timer);
      left.current -= Date.now() - since;
    };
  }, [held, toast.id, stays]);
  useEffect(() => onGone, [onGone]);
  const { action } = toast;
  return (
    <div className="appear pointer-events-auto flex max-w-full items-center gap-1 rounded-card bg-ink py-1 pr-1 pl-4 text-paper">
      <Words toast={toast} />
      {action && (
        <Button
          look="plain"
          small
          className="font-semibold underline underline-offset-2 hover:bg-transparent"
          onClick={() => {
            action.run();
            dismissToast(toast.id);
          }}
        >
          {action.label}
        </Button>
      )}
      <IconButton
        label={text.toasts.dismiss}
        className="text-paper hover:bg-transparent hover:text-paper"
        onClick={() => {
          dismissToast(toast.id);
        }}
      >
        <CloseIcon />
      </IconButton>
    </div>
  );
}

/** A sentence; or several that scroll where there are many, by keys too. */
function Words({ toast: { message, more = [] } }: { readonly toast: Toast }) {
  const sentence = <p className="min-w-0 py-2">{message}</p>;
  if (more.length === 0) return sentence;
  return (
    <div
      role="group"
      aria-label={text.toasts.refusals}
      tabIndex={0}
      className="max-h-[40vh] min-w-0 overflow-y-auto rounded-card outline-paper focus-visible:-outline-offset-2"
    >
      {sentence}
      {more.map((line, place) => (
        <p key={place} className="py-2">
          {line}
        </p>
      ))}
    </div>
  );
}
