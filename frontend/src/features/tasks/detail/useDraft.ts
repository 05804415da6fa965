import { useEffect, useEffectEvent, useRef, useState } from "react";

/** A pause in typing, after which the text is saved, should the browser be killed. */
const PAUSE_MS = 800;

/**
 * A text under the person's hands. It follows `value` until it is edited and again once it is left:
 * another window's change never takes a word away while typing. It is saved after each pause, when
 * it is left, and when the page or the part around it goes, by whatever way.
 */
export function useDraft(value: string, save: (draft: string) => void) {
  const [draft, setDraft] = useState<string | null>(null);
  const saved = useRef<string | null>(null);
  const keep = (text: string | null) => {
    const trimmed = text?.trim() ?? null;
    // What was saved once is not saved again over what another window has made of it since.
    if (trimmed === null || trimmed === value.trim() || trimmed === saved.current) return;
    saved.current = trimmed;
    save(trimmed);
  };
  const keepDraft = useEffectEvent(() => {
    keep(draft);
  });
  useEffect(() => {
    if (draft === null) return;
    const timer = setTimeout(() => {
      keepDraft();
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [draft]);
  useEffect(() => {
    const leave = () => {
      keepDraft();
    };
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      leave();
    };
  }, []);
  return {
    value: draft ?? value,
    onChange: (event: { target: { value: string } }) => {
      setDraft(event.target.value);
    },
    onBlur: () => {
      keep(draft);
      saved.current = null;
      setDraft(null);
    },
  };
}
