import { type RefObject, useEffect, useRef } from "react";

/**
 * For a dialog that lies over the page for as long as it is drawn. The focus goes back to what had it: a dialog that is
 * taken out of the page, rather than closed, leaves it to nobody. Whoever has gone on elsewhere meanwhile is not called
 * back.
 */
export function useModal(): RefObject<HTMLDialogElement | null> {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => {
      const lost = document.activeElement === document.body;
      if (lost && opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return dialog;
}
