import { useState } from "react";

/**
 * A text under the person's hands. It follows `value` until it is edited, is saved when it is left,
 * and follows again from then on: another window's change never takes a word away while typing.
 */
export function useDraft(value: string, save: (draft: string) => void) {
  const [draft, setDraft] = useState<string | null>(null);
  return {
    value: draft ?? value,
    onChange: (event: { target: { value: string } }) => {
      setDraft(event.target.value);
    },
    onBlur: () => {
      if (draft !== null && draft.trim() !== value.trim()) save(draft.trim());
      setDraft(null);
    },
  };
}
