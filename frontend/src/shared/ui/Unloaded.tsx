import { useEffect, useEffectEvent } from "react";

import { text } from "@/shared/text";

import { Button } from "./Button";
import { showToast } from "./toasts";

interface UnloadedProps {
  readonly onRetry: () => void;
  /** The way back, where there is one. */
  readonly onClose?: () => void;
}

/** Stands where a page's part could not be fetched. */
export function Unloaded({ onRetry, onClose }: UnloadedProps) {
  return (
    <div role="alert" className="grid justify-items-start gap-3 px-4 py-6">
      <p>{text.part.failed}</p>
      <div className="flex gap-2">
        <Button onClick={onRetry}>{text.part.retry}</Button>
        {onClose && <Button onClick={onClose}>{text.detail.close}</Button>}
      </div>
    </div>
  );
}

/** The same for what opens by a press: it says so and closes; the next press tries again. */
export function Unopened({ onClose }: { readonly onClose: () => void }) {
  const say = useEffectEvent(() => {
    showToast({ message: text.part.failed });
    onClose();
  });
  useEffect(() => {
    say();
  }, []);
  return null;
}
